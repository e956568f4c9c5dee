"""What the threat list does to a decision: at least `least` for a listed wallet or address, and that said first."""

from collections.abc import Callable

from core.events.types import Prediction
from core.policy import Decision
from core.security.threats import ThreatKind
from ml.serve.schemas import Scored

Hit = Callable[[str | None, str | None], ThreatKind | None]
_BELOW: dict[Decision, tuple[Decision, ...]] = {
    "APPROVED": (),
    "REVIEW": ("APPROVED",),
    "BLOCKED": ("APPROVED", "REVIEW"),
}


class Listing:
    """`hit(wallet, ip)` says what of a transaction is listed; addresses come canonical."""

    def __init__(self, hit: Hit = lambda _, __: None, least: Decision = "REVIEW") -> None:
        self._hit = hit
        self._least = least
        self._below = _BELOW[least]

    def raised(self, decision: Decision, wallet: str | None, ip: str | None) -> Decision:
        """The decision, or the least one when something is listed; the score stays the model's."""
        return self._least if decision in self._below and self._hit(wallet, ip) else decision

    def name(self, event: Prediction, answer: Scored) -> None:
        """Make it the top feature of a listed transaction."""
        if hit := self._hit(event.wallet, event.ip):
            event.top_feature = answer.top_feature = f"listed_{hit}"
            event.top_value = answer.top_value = 1.0

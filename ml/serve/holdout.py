"""The share of blocked transactions that the scoring service lets through to REVIEW, so that their truth is known (L6).

Without it blocked traffic never gets an honest label; `core.models.performance.holdout` weights the labels back.
"""

from dataclasses import dataclass, field

from core.errors import ConfigError
from core.models.performance.holdout import held_out
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Holdout:
    """`share` of blocked transactions (0..1), chosen by a hash with `key`."""

    share: float
    key: bytes = field(repr=False)

    def holds(self, transaction_id: str) -> bool:
        """Whether this transaction would be let through; always the same answer."""
        return held_out(self.key, transaction_id, self.share)


def of(settings: Settings) -> Holdout | None:
    """The configured hold-out; None when there is none. Raises ConfigError without a secret key."""
    share = settings.config.policy.holdout_share
    if share <= 0:
        return None
    if not settings.secret_key:
        raise ConfigError(
            ["policy.toml: holdout_share needs GATEHOUSE_SECRET_KEY, otherwise its members could be predicted"]
        )
    return Holdout(share, b"holdout:" + settings.secret_key.encode())

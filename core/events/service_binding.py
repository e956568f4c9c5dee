"""The services that a machine's token may report for: what it sends for another one is refused by name. Pure."""

from msgspec import Struct

from core.errors import BadInput
from core.events.performance.reported import Reported

NAMED = 5  # services that a refusal spells out


class ServiceBinding(Struct, frozen=True):
    """Names of services; None: any."""

    services: frozenset[str] | None = None

    def allows(self, service: str) -> bool:
        """Whether reports for this service are accepted."""
        return self.services is None or service in self.services

    def reason(self, service: str) -> str:
        """Why a report for it is refused."""
        known = sorted(self.services or ())
        more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
        return f"is {service[:100]!r}, but this token may report only for {', '.join(map(repr, known[:NAMED]))}{more}"

    def check(self, event: object) -> None:
        """Raise BadInput for a report of another service, by the name that its sender gave it."""
        if isinstance(event, Reported) and not self.allows(event.service):
            raise BadInput("$.service", self.reason(event.service))


ANY_SERVICE = ServiceBinding()

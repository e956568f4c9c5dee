"""Incidents of payments by name, as changes of what is usual: for the simulator, and for the page's test buttons."""

from typing import NamedTuple

from core.statuses.mix import Change

_SHARE_51, _LEFT = 0.5, 0.1  # of what the issuer approved: denied with code 51, and what it still approves


class Scenario(NamedTuple):
    """What happens, and the changes of the counts."""

    summary: str
    changes: tuple[Change, ...]


SCENARIOS = {
    "gateway-down": Scenario(
        "approvals of gateway B fail with code 91",
        (Change({"status": "approved", "gateway": "B"}, 0.05, {"status": "failed", "auth_code": "91"}),),
    ),
    "issuer-declines": Scenario(
        "one issuer denies nearly everything, with codes 51 and 05",
        (
            Change(
                {"status": "approved", "issuer": "northbank"}, 1 - _SHARE_51, {"status": "denied", "auth_code": "51"}
            ),
            Change(
                {"status": "approved", "issuer": "northbank"},
                _LEFT / (1 - _SHARE_51),
                {"status": "denied", "auth_code": "05"},
            ),
        ),
    ),
    "backend-reversals": Scenario(
        "eight times as many transactions are reversed by the backend", (Change({"status": "backend_reversed"}, 8.0),)
    ),
    "silent-feed": Scenario("no counts of statuses come", (Change(times=0.0),)),
    "launch": Scenario("ten times as many transactions of every status", (Change(times=10.0),)),
}

"""issuer-declines: one issuer denies nearly everything with codes 51 and 05, so that four times as many are denied."""

from simulator import status_changes
from simulator.config import Change

SHARE_51, LEFT = 0.5, 0.1

SCENARIO = status_changes.scenario(
    "one issuer denies nearly everything, with codes 51 and 05",
    Change({"status": "approved", "issuer": "northbank"}, 1 - SHARE_51, {"status": "denied", "auth_code": "51"}),
    Change(
        {"status": "approved", "issuer": "northbank"}, LEFT / (1 - SHARE_51), {"status": "denied", "auth_code": "05"}
    ),
)

"""gateway-down: approvals of gateway B fail, most of them with code 91; a third of all approvals goes."""

from simulator import status_changes
from simulator.config import Change

SCENARIO = status_changes.scenario(
    "approvals of gateway B fail with code 91",
    Change({"status": "approved", "gateway": "B"}, times=0.05, into={"status": "failed", "auth_code": "91"}),
)

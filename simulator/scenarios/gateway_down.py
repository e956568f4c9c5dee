"""gateway-down: approvals of gateway B fail, most of them with code 91; a third of all approvals goes."""

from simulator import status_changes

SCENARIO = status_changes.scenario("gateway-down")

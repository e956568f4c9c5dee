"""silent-feed: the payment gateways count nothing; no row of any status comes."""

from simulator import status_changes

SCENARIO = status_changes.scenario("silent-feed")

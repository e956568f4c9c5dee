"""silent-feed: the payment gateways count nothing; no row of any status comes."""

from simulator import status_changes
from simulator.config import Change

SCENARIO = status_changes.scenario("no counts of statuses come", Change(times=0.0))

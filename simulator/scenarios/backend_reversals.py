"""backend-reversals: the backend takes back eight times as many transactions as it usually does."""

from simulator import status_changes

SCENARIO = status_changes.scenario("backend-reversals")

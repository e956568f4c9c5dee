"""backend-reversals: the backend takes back eight times as many transactions as it usually does."""

from simulator import status_changes
from simulator.config import Change

SCENARIO = status_changes.scenario(
    "eight times as many transactions are reversed by the backend", Change({"status": "backend_reversed"}, times=8.0)
)

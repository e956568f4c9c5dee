"""launch: ten times as many transactions of every status; the shares stay what they are, so nothing is wrong."""

from simulator import status_changes
from simulator.config import Change

SCENARIO = status_changes.scenario("ten times as many transactions of every status", Change(times=10.0))

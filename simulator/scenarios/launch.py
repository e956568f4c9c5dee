"""launch: ten times as many transactions of every status; the shares stay what they are, so nothing is wrong."""

from simulator import status_changes

SCENARIO = status_changes.scenario("launch")

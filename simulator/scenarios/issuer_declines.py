"""issuer-declines: one issuer denies nearly everything with codes 51 and 05, so that four times as many are denied."""

from simulator import status_changes

SCENARIO = status_changes.scenario("issuer-declines")

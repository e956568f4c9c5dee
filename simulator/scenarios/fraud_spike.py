"""fraud-spike: several gangs at once, so that the blocked share climbs well over 3 % (A1)."""

from simulator import traffic
from simulator.scenario import Happening, Moment, Scenario

PER_MINUTE = 5.0


def happen(moment: Moment) -> Happening:
    """About five frauds a minute of all kinds, beside the usual traffic."""
    seconds = moment.end - moment.start
    rows = []
    for kind in moment.config.frauds_per_hour:
        n = moment.count(PER_MINUTE / len(moment.config.frauds_per_hour))
        rows += traffic.gang(moment.rng, kind, n, moment.start, seconds, moment.config)
    return Happening(
        transactions=[
            traffic.Transaction(f"{moment.run}-{i}", *row) for i, row in enumerate(sorted(rows, key=lambda row: row[0]))
        ]
    )


SCENARIO = Scenario("frauds of every kind, about five per minute", happen)

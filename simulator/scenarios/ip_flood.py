"""ip-flood: one address asks far more than its share, a few others stay just below the limit (R2, R3)."""

from simulator import population
from simulator.scenario import Happening, Moment, Scenario

FLOODER = -9001
FLOOD_PER_MINUTE = 420.0
NEIGHBOURS = (-9002, -9003, -9004)
NEIGHBOUR_PER_MINUTE = 94.0


def happen(moment: Moment) -> Happening:
    """Requests for one path from each address, most of them refused once the address is known."""
    events = []
    for who, rate in ((FLOODER, FLOOD_PER_MINUTE), *((who, NEIGHBOUR_PER_MINUTE) for who in NEIGHBOURS)):
        times = moment.times(moment.count(rate) if who == FLOODER else _even(moment, rate))
        for i, when in enumerate(times):
            refused = who == FLOODER and moment.rng.random() < 0.6
            events.append(
                {
                    "kind": "request",
                    "id": f"{moment.run}-{-who}-{i}",
                    "timestamp": when,
                    "method": "GET",
                    "path": "/api/v1/events/evt-001/seats",
                    "ip": population.address(moment.config.seed, who),
                    "status": 429 if refused else 200,
                    "duration_ms": round(float(moment.rng.lognormal(2.5, 0.5)), 2),
                    "service": "catalog",
                }
            )
    return Happening(events=sorted(events, key=lambda event: event["timestamp"]))


def _even(moment: Moment, per_minute: float) -> int:
    """As many as keep exactly to the rate, so that chance does not carry a neighbour over the limit."""
    before = int(moment.elapsed * per_minute / 60)
    return int((moment.elapsed + moment.end - moment.start) * per_minute / 60) - before


SCENARIO = Scenario("one IP floods the API, three stay just below the limit", happen)

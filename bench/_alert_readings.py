"""What the rules that read no slots would have read in a simulated year: machine, services, accounts (N2)."""

from collections.abc import Callable, Iterator

import numpy as np

from alerts.backtest.track import Track
from alerts.evaluate.rule import Reading
from bench._alert_year import MINUTE, SERVICES, Happening, World

Ticks = Iterator[tuple[float, list[Reading]]]
Columns = dict[str, np.ndarray]
AFTER = 3 * 3600.0  # a series that nothing happens to any more is read so long as good, then it is gone
SHOPS = {"api": 0.12, "catalog": 0.2, "checkout": 0.5, "reports": 2.0}


def track(world: World, rule: str) -> Track:
    """The readings of a rule, minute by minute."""
    if rule in SERIES:
        return Track.of(SERIES[rule](world), float(MINUTE))
    return of_columns(world, COLUMNS[rule](world))


def of_columns(world: World, columns: Columns, n: int = 10**6) -> Track:
    """A track of columns of all minutes, of which those that are judged count."""
    count = len(world.times())
    samples = np.full(count, n)
    series = {name: (np.round(values[-count:], 4), samples) for name, values in columns.items()}
    return Track.of_columns(np.array(world.times()), series, float(MINUTE))


def cpu(world: World) -> Columns:
    """Percent of the machine."""
    usual = 45 + np.random.default_rng(1).normal(0, 5, world.minutes)
    return {"": np.maximum.reduce([usual, world.spread("batch-job"), world.spread("overload")])}


def services(world: World) -> Columns:
    """UP, SLOW or DOWN; in an outage and in a network's blip one after the other."""
    table = np.zeros((world.minutes, len(SERVICES)))
    for one in world.of("rpc-slow", "blip", "network-blip", "outage"):
        first, last = (int(at - world.first) // MINUTE for at in (one.start, one.end))
        if one.name == "rpc-slow":
            table[first:last, SERVICES.index("rpc")] = 1.0
        elif one.name == "blip":
            table[first:last, one.number % len(SERVICES)] = 2.0
        else:
            for place in range(len(SERVICES)):
                table[first + (place if one.name == "outage" else place // 2) : last, place] = 2.0
    return {name: table[:, place] for place, name in enumerate(SERVICES)}


def response_times(world: World) -> Columns:
    """p95 in seconds of the services' requests."""
    dice = np.random.default_rng(2)
    table = {name: usual * np.exp(dice.normal(0, 0.15, world.minutes)) for name, usual in SHOPS.items()}
    table["checkout"] = np.maximum(table["checkout"], 4.3 * world.spread("slow-api"))
    table["api"] = np.maximum(table["api"], world.spread("pool-exhausted", plus=lambda strength: 4.5 + strength))
    table["reports"] = np.maximum(table["reports"], world.spread("report"))
    return table


def drift(world: World) -> Columns:
    """The largest KL divergence, computed anew each hour."""
    usual = 0.06 + 0.015 * np.repeat(np.random.default_rng(3).normal(0, 1, world.minutes // 60), 60)
    return {"": np.maximum.reduce([usual, world.spread("drift"), world.spread("holiday-mix")])}


def of_happenings(*named: tuple[str, Callable[[Happening], list[tuple[str, float]]]]) -> Callable[[World], Ticks]:
    """Series that there are only while something happens; at other times nothing is read."""

    def read(world: World) -> Ticks:
        spans = [
            (one.start, one.end, series, value)
            for name, values in named
            for one in world.of(name)
            for series, value in values(one)
        ]
        spans.sort()
        following, running = 0, list[tuple[float, float, str, float]]()
        for at in world.times():
            while following < len(spans) and spans[following][0] <= at:
                running.append(spans[following])
                following += 1
            running = [one for one in running if at < one[1] + AFTER]
            found: dict[str, float] = {}
            for _, end, series, value in running:
                found[series] = max(found.get(series, 0.0), value if at < end else 0.0)
            yield float(at), [Reading(series, value, int(value) or 1) for series, value in sorted(found.items())]

    return read


COLUMNS: dict[str, Callable[[World], Columns]] = {
    "cpu": cpu, "service-down": services, "response-time": response_times, "A3": drift,
}  # fmt: skip
SERIES: dict[str, Callable[[World], Ticks]] = {
    "A4": of_happenings(
        ("mfa-attack", lambda one: [("operator.kim", round(5 * one.strength))]),
        ("wrong-phone", lambda one: [(f"user-{one.number}", 3.0)]),
    ),
    "new-error": of_happenings(
        ("new-error", lambda one: [(f"new-error-{one.number}", round(10 * one.strength))]),
        ("one-client", lambda one: [(f"one-client-{one.number}", round(one.strength))]),
    ),
    "regression": of_happenings(
        ("bad-deploy", lambda one: [(series, 1.0) for series in one.rules["regression"]]),
        ("chance-deploy", lambda _: [("GET /cart", 1.0)]),
    ),
    "statuses": of_happenings(
        *((name, lambda one: [(one.rules["statuses"][0], max(10.0, one.strength))]) for name in (
            "silent-feed", "gateway-down", "issuer-declines", "backend-reversals")),
        ("odd-mix", lambda one: [(("denied", "refunded", "reversed")[one.number % 3], one.strength)]),
    ),
}  # fmt: skip
RULES = (*COLUMNS, *SERIES)

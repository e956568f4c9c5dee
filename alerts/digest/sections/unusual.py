"""Endpoints whose traffic is not what it usually is: none where there usually is some, much more, or none before.

Usual is the mean of the weeks before, where each of them had requests.
"""

from alerts.digest.model import Line
from alerts.digest.week import Endpoint, Week
from alerts.digest.wording import count
from core.db.engine import Connection

ORDER = 50
TITLE = "Unusual traffic"
LEAST_USUAL = 50  # requests a week
QUIET = 0.1  # of what is usual
BURST = 5.0
LEAST_NEW = 100


def lines(connection: Connection, week: Week) -> list[Line]:
    """What fell silent, then what has much more than usual, then what is new."""
    found: list[tuple[int, float, Line]] = []
    for one in week.endpoints:
        usual = _usual(one)
        hits = one.weeks[0].hits
        if usual >= LEAST_USUAL and hits <= QUIET * usual:
            said = "no requests" if not hits else f"{count(hits)} requests"
            found.append((0, -usual, Line(one.name, f"{said}, usually {count(round(usual))} a week", "bad")))
        elif usual >= LEAST_USUAL and hits >= BURST * usual:
            text = f"{count(hits)} requests, usually {count(round(usual))} a week"
            found.append((1, -hits / usual, Line(one.name, text)))
        elif hits >= LEAST_NEW and not any(past.hits for past in one.weeks[1:]) and _has_past(week):
            found.append((2, -hits, Line(one.name, f"{count(hits)} requests, none in the weeks before")))
    return [line for _, _, line in sorted(found, key=lambda one: one[:2])]


def _usual(one: Endpoint) -> float:
    """Requests a week; 0 where a week had none."""
    past = [figures.hits for figures in one.weeks[1:4]]
    return sum(past) / len(past) if all(past) else 0.0


def _has_past(week: Week) -> bool:
    """Whether anything was recorded before: in a first week everything is new."""
    return any(figures.hits for one in week.services for figures in one.weeks[1:])

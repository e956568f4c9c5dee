"""How many of the frauds are known by now: the label delay of the monitoring API, read at an age."""

import msgspec

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.monitoring.label_delay import LabelDelay

READ = "/api/monitoring/label_delay"
DAY = 86_400


def read(client: HttpClient) -> LabelDelay | None:
    """The label delay; None while it cannot be read."""
    try:
        answer = client.get(READ)
        return msgspec.json.decode(answer.body, type=LabelDelay) if answer.status == 200 else None
    except (HttpUnavailable, msgspec.MsgspecError):
        return None


def known(found: LabelDelay | None, start: float, end: float, now: float) -> float | None:
    """The share of the frauds of a span (epoch seconds) that should have their label by now; None where few are known.

    It is that of the middle of the span.
    """
    if found is None or not found.enough or not found.frauds.ages:
        return None
    age = max(0.0, now - (start + min(end, now)) / 2) / DAY
    reached = [share for at, share in zip(found.frauds.ages, found.frauds.share, strict=True) if at <= age]
    return reached[-1] if reached else 0.0

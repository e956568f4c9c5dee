"""The review queue: held transactions without a label by money at risk, and who has which in hand.

A claim ends by itself (`config/review.toml`), so nobody's lunch keeps a transaction from being reviewed.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct

from core.clock import to_datetime
from core.config import Count, Days, Frozen, Minutes
from core.db.engine import Connection
from core.db.queries import query
from core.settings import Settings
from core.transactions.search import Found


class ReviewConfig(Frozen, frozen=True):
    """`review.toml`: how far back the queue reaches, how many it shows, how long a claim holds.

    `export_rows` bounds a CSV of transactions; 0: everything that the filter finds.
    """

    queue_days: Days
    shown: Count
    claim_minutes: Minutes
    similar_cases: Count
    similar_from: Count
    export_rows: Annotated[int, Meta(ge=0)] = 0


def load(settings: Settings) -> ReviewConfig:
    """`config/review.toml`. Raises ConfigError naming file and field."""
    return settings.section("review", ReviewConfig)


class Waiting(Struct, frozen=True):
    """One row of the queue and who has it in hand."""

    row: Found
    claimed_by: str | None
    claimed_until: datetime | None


class Backlog(Struct, frozen=True):
    """How many wait, of them blocked; `risk` is the sum of score x amount, `money` of amounts, in USD."""

    waiting: int
    blocked: int
    risk: float
    money: float


def queue(connection: Connection, config: ReviewConfig, now: float) -> list[Waiting]:
    """The queue, most money at risk first."""
    values = {**_span(config, now), "now": to_datetime(now), "most": config.shown}
    return [_waiting(dict(row)) for row in connection.execute(query("review.queue"), values).mappings()]


def backlog(connection: Connection, config: ReviewConfig, now: float) -> Backlog:
    """The whole queue in numbers."""
    return Backlog(**connection.execute(query("review.waiting"), _span(config, now)).mappings().one())


def claim(
    connection: Connection, name: str, user: str, config: ReviewConfig, now: float
) -> tuple[str, datetime] | None:
    """Take a transaction, giving back any other; None when it is one's own now, else who has it, and until when."""
    until = to_datetime(now) + timedelta(minutes=config.claim_minutes)
    values: dict[str, Any] = {"id": name, "user_name": user, "until": until, "now": to_datetime(now)}
    if connection.execute(query("review.claim"), values).one_or_none() is None:
        found = connection.execute(query("review.claimed"), values).one_or_none()
        return (found.user_name, found.until) if found else None
    connection.execute(query("review.release"), {"user_name": user, "id": None, "kept": name})
    connection.execute(query("review.forget"), {"before": to_datetime(now - 86400)})
    return None


def claimed(connection: Connection, name: str, now: float) -> str | None:
    """Who has a transaction in hand."""
    found = connection.execute(query("review.claimed"), {"id": name, "now": to_datetime(now)}).one_or_none()
    return found.user_name if found else None


def release(connection: Connection, name: str, user: str) -> None:
    """Give a transaction back."""
    connection.execute(query("review.release"), {"user_name": user, "id": name, "kept": ""})


def labelled_by(connection: Connection, user: str, since: float) -> int:
    """How many labels somebody gave since a time."""
    values = {"user_name": user, "since": to_datetime(since)}
    return int(connection.execute(query("review.labelled_by"), values).scalar_one())


def _span(config: ReviewConfig, now: float) -> dict[str, datetime]:
    return {"start": to_datetime(now - config.queue_days * 86400), "end": to_datetime(now + 3600)}


def _waiting(row: dict[str, Any]) -> Waiting:
    claimed_by, claimed_until = row.pop("claimed_by"), row.pop("claimed_until")
    return Waiting(Found(**row), claimed_by, claimed_until)

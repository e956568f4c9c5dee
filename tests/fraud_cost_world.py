"""A history of `bench/_fraud_worlds.py` as rows of PostgreSQL: predictions, labels, policies and sales, up to `now`."""

import math
from typing import Any

import numpy as np

from bench._fraud_worlds import DAYS, World
from console.analytics.fraud_cost.cells import BLOCKED
from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import sql
from core.events.types import Event, Label, Prediction, Transaction
from tests import analytics_world

DAY = 86_400.0
DECISIONS: tuple[Any, ...] = ("APPROVED", "REVIEW", "BLOCKED")
EVENTS = 8
HELD = 0.05


def store(db: Database, one: World, now: float) -> None:
    """Store the history so that it ends at `now`; what is labelled later is left out."""
    start = now - DAYS * DAY
    begin = [float(one.at[one.policy == version].min(initial=math.inf)) for version in (1, 2)]
    for profile, day in (("normal", min(begin[0], 0.0)), ("strict", begin[1])):
        analytics_world.ask(
            db,
            "INSERT INTO policy_versions (profile, fraud_threshold, review_from, block_from, actor, created_at)"
            f" VALUES ('{profile}', 0.6, 0.4, 0.7, 'ann', to_timestamp({start + day * DAY})) RETURNING 1",
        )
    rows: list[Event] = []
    for place in range(len(one.at)):
        rows += _rows(one, place, start)
    analytics_world.store(db, rows, now, batch=2000)


def sum_up(db: Database, now: float) -> None:
    """The sums that this page needs, a day at a time where the collector makes them by hour: 90 steps, not 2,160."""
    last = int(now // DAY)
    with db.raw() as connection, connection.cursor() as cursor:
        for day in range(last - DAYS - 1, last + 1):
            given = {"hour": to_datetime(day * DAY), "end": to_datetime((day + 1) * DAY)}
            for topic in ("decisions", "fraud_cost", "fraud_events"):
                cursor.execute(sql(f"{topic}.put"), given)


def _rows(one: World, place: int, start: float) -> list[Event]:
    name, at = f"w{place}", start + float(one.at[place]) * DAY
    decision = int(one.decision[place])
    amount = float(one.cents[place]) / 100
    event = f"event-{place % EVENTS}"
    rows: list[Event] = [
        Prediction(
            id=name, transaction_id=name, timestamp=at, score=round(float(one.score[place]), 6),
            decision=DECISIONS[decision], threshold=0.6, amount=amount, model_version=int(one.model[place]),
            holdout=HELD if one.held[place] else None, event_id=event if place % 3 else None,
        )
    ]  # fmt: skip
    if decision != BLOCKED:
        rows.append(
            Transaction(id=name, transaction_id=name, timestamp=at, type="purchase", amount=amount, event_id=event)
        )
    for source, when, known in (
        ("analyst", one.reviewed_at[place], True),
        ("chargeback" if one.chargeback[place] else "appeal", one.label_at[place], np.isnan(one.reviewed_at[place])),
    ):
        if known and when <= DAYS:
            said = "fraud" if one.fraud[place] else "legit"
            rows.append(
                Label(
                    id=f"{name}-{source}", transaction_id=name, timestamp=start + float(when) * DAY,
                    source="chargeback" if source == "chargeback" else "analyst" if source == "analyst" else "appeal",
                    label="fraud" if said == "fraud" else "legit",
                )
            )  # fmt: skip
    return rows

"""Cases, times to close and coverage: Regulators."""

from typing import Any

from console.analytics import regulators
from console.analytics.regulators import Found
from core.analytics.periods import Span
from core.db.engine import Connection
from tests.analytics_figure import Figure
from tests.analytics_world import NOW

COUNTED = "p.timestamp >= :start AND p.timestamp < :end AND NOT coalesce(p.extra ? 'replayed', false)"
LABELS = "(SELECT {} FROM labels l WHERE l.transaction_id = p.transaction_id{})"
CASES = """SELECT count(*), count(*) FILTER (WHERE EXISTS {analyst}), count(*) FILTER (WHERE EXISTS {any}),
    count(*) FILTER (WHERE e.label = 'fraud'), count(*) FILTER (WHERE e.label = 'legit'),
    count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'analyst'),
    count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'chargeback'),
    count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'appeal'), count(*) FILTER (WHERE EXISTS {bank}),
    coalesce(sum(exact_amount(p.amount_usd, p.amount)) FILTER (WHERE e.label = 'fraud'), 0)::float8
    FROM fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id)
    WHERE {counted} AND p.decision {flagged} 'APPROVED'"""
PARTS = {
    "analyst": LABELS.format("1", " AND l.source = 'analyst'"),
    "any": LABELS.format("1", ""),
    "bank": LABELS.format("1", " AND l.source = 'chargeback' AND l.label = 'fraud'"),
    "counted": COUNTED,
}
CLOSED = f"""SELECT CASE WHEN took <= 7200 THEN ceil(took / 60) * 60 WHEN took <= 86400 THEN ceil(took / 900) * 900
    ELSE ceil(took / 3600) * 3600 END AS took FROM (
    SELECT greatest(0, extract(epoch FROM {LABELS.format("min(l.labelled_at)", "")} - p.timestamp)) AS took
    FROM fraud_predictions p
    WHERE {COUNTED} AND p.decision <> 'APPROVED' AND EXISTS {LABELS.format("1", "")}) AS raw"""
OPEN = f"""SELECT (date_trunc('hour', to_timestamp({NOW}))::timestamptz - date_trunc('hour', p.timestamp)) AS age
    FROM fraud_predictions p WHERE {COUNTED} AND p.decision <> 'APPROVED' AND NOT EXISTS {LABELS.format("1", "")}"""


def found(connection: Connection, span: Span) -> Found:
    return regulators.read(connection, span, span, NOW)


def times(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    one = found(connection, span).case_times
    return [(one.n, one.median, one.p90)]


FIGURES = (
    Figure(
        "flagged cases and what became of them",
        lambda connection, span: [tuple(found(connection, span).flagged)],
        CASES.format(**PARTS, flagged="<>"),
    ),
    Figure(
        "approved ones and what became of them",
        lambda connection, span: [tuple(found(connection, span).passed)],
        CASES.format(**PARTS, flagged="="),
    ),
    Figure(
        "times to close cases",
        times,
        "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY took)::float8,"
        f" percentile_disc(0.9) WITHIN GROUP (ORDER BY took)::float8 FROM ({CLOSED}) AS closed",
    ),
    Figure(
        "ages of open cases",
        lambda connection, span: [found(connection, span).open_cases],
        "SELECT count(*) FILTER (WHERE age < '1 hour'), count(*) FILTER (WHERE age >= '1 hour' AND age < '4 hours'),"
        " count(*) FILTER (WHERE age >= '4 hours' AND age < '24 hours'),"
        " count(*) FILTER (WHERE age >= '24 hours' AND age < '72 hours'),"
        " count(*) FILTER (WHERE age >= '72 hours' AND age < '168 hours'), count(*) FILTER (WHERE age >= '168 hours')"
        f" FROM ({OPEN}) AS open",
    ),
    Figure(
        "transactions and those scored",
        lambda connection, span: [tuple(found(connection, span).coverage[:2])],
        "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fraud_predictions p WHERE p.transaction_id ="
        " t.transaction_id)) FROM transactions t WHERE timestamp >= :start AND timestamp < :end",
    ),
)

"""Amounts, profiles, events, fraud and overrides: Business."""

from console.analytics import bands, business, business_reads
from core.analytics.periods import DAY
from tests.analytics_figure import Figure

OWN = "p.timestamp >= :start AND p.timestamp < :end AND NOT coalesce(p.extra ? 'replayed', false)"
USD = "coalesce(p.amount_usd, p.amount::text::numeric)"
BAND = (
    f"(CASE WHEN {USD} IS NULL THEN {bands.UNKNOWN} WHEN {USD} = 0 THEN {bands.ZERO}"
    f" ELSE (SELECT count(*) FROM unnest(ARRAY{list(bands.EDGES)}) edge WHERE edge <= {USD}) END)::int"
)
MONEY = (
    f"count(*), coalesce(sum({USD}), 0)::float8, count(e.label), count(*) FILTER (WHERE e.label = 'fraud'),"
    f" coalesce(sum({USD}) FILTER (WHERE e.label = 'fraud'), 0)::float8"
)
LABELLED = "fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id)"

FIGURES = (
    Figure(
        "predictions, amounts, labels and frauds by decision, band and source",
        lambda connection, span: [
            (one.decision, one.band, one.reported, *one.money) for one in business_reads.kinds(connection, span)
        ],
        f"SELECT p.decision::text, {BAND}, coalesce(p.extra ? 'reported_by', false), {MONEY}"
        f" FROM {LABELLED} WHERE {OWN} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ),
    Figure(
        "amounts by band and decision",
        lambda connection, span: [
            (band, decision, money.predictions, round(money.usd, 2))
            for band, found in business.by_band(business_reads.kinds(connection, span)).items()
            for decision, money in sorted(found.items())
            if money.predictions
        ],
        f"SELECT {BAND}, p.decision::text, count(*), round(coalesce(sum({USD}), 0), 2)::float8"
        f" FROM fraud_predictions p WHERE {OWN} GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "decisions and fraud of what was approved, by day",
        lambda connection, span: [
            (one.start, *(one.decided[name] for name in business.DECISIONS), one.approved.predictions,
             round(one.approved.usd, 2), one.approved.labelled, one.approved.frauds, round(one.approved.fraud_usd, 2))
            for one in business_reads.bins(connection, span, DAY)
        ],
        "SELECT extract(epoch FROM date_bin('1 day', p.timestamp, '2000-01-01 00:00Z'))::bigint,"
        " count(*) FILTER (WHERE p.decision = 'APPROVED'), count(*) FILTER (WHERE p.decision = 'REVIEW'),"
        " count(*) FILTER (WHERE p.decision = 'BLOCKED'), count(*) FILTER (WHERE p.decision = 'APPROVED'),"
        f" round(coalesce(sum({USD}) FILTER (WHERE p.decision = 'APPROVED'), 0), 2)::float8,"
        " count(e.label) FILTER (WHERE p.decision = 'APPROVED'),"
        " count(*) FILTER (WHERE e.label = 'fraud' AND p.decision = 'APPROVED'),"
        f" round(coalesce(sum({USD}) FILTER (WHERE e.label = 'fraud' AND p.decision = 'APPROVED'), 0), 2)::float8"
        f" FROM {LABELLED} WHERE {OWN} GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "transactions, fees, labels and frauds by event",
        lambda connection, span: sorted(
            (one.event_id, one.transfers, one.fee_usd, *one.money) for one in business_reads.events(connection, span)
        ),
        "SELECT coalesce(t.event_id, ''), count(*) FILTER (WHERE t.type = 'transfer'), sum(t.platform_fee)::float8,"
        " count(*), sum(t.amount)::float8, count(e.label), count(*) FILTER (WHERE e.label = 'fraud'),"
        " coalesce(sum(t.amount) FILTER (WHERE e.label = 'fraud'), 0)::float8"
        " FROM transactions t LEFT JOIN effective_labels e USING (transaction_id)"
        " WHERE t.timestamp >= :start AND t.timestamp < :end AND NOT EXISTS (SELECT FROM fraud_predictions p"
        " WHERE p.transaction_id = t.transaction_id AND p.extra ? 'replayed') GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "reviews, and those against the score",
        lambda connection, span: [
            (one.decision, one.flagged, one.said, one.contradicted, one.is_override, one.predictions, one.usd)
            for one in business_reads.said(connection, span)
        ],
        "SELECT p.decision::text, p.flagged, l.label::text, l.source <> e.source AND l.label <> e.label AS other,"
        " l.label = CASE WHEN p.flagged THEN 'legit' ELSE 'fraud' END::label,"
        f" count(*), coalesce(sum({USD}), 0)::float8"
        " FROM fraud_predictions p JOIN labels l ON l.transaction_id = p.transaction_id AND l.source = 'analyst'"
        " JOIN effective_labels e ON e.transaction_id = p.transaction_id"
        f" WHERE {OWN} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4",
    ),
)  # fmt: skip

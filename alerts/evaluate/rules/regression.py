"""Endpoints that a deploy made worse: slower, or with more errors. A series is an endpoint: service, method, route.

Bad while the newest deploy of its service has it so at its newest comparison, for as long as `lasts`: a roll-back or
another deploy ends it, and so does a comparison that finds no change any more.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta

from alerts.durations import Duration, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against

KIND = "regression"
FACTS = {
    "service": "shop", "endpoint": "GET /cart/{id}", "version": "2.3.1", "previous": "2.3.0", "deploy": 7,
    "said": "20 % slower (p95 210 ms, before 174 ms)",
}  # fmt: skip
Share = Annotated[float, Meta(ge=0, le=100)]


class Parameters(Limits, frozen=True, kw_only=True):
    """What is worth a notification: durations by at least the share `slower` (0.1 is 10 %), the error rate by at least
    `errors` (0.01 is 1 point). `services`: only these, all when empty.
    """

    slower: Share = 0.1
    errors: Share = 0.01
    lasts: Duration = "24h"
    services: list[str] = []


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each endpoint that became worse, and for each that had."""
    since = context.now - seconds(parameters.lasts)
    rows = context.shared((KIND, since), lambda: context.rows("rules.regressions", since=since))
    return readings([row._mapping for row in rows], context.known_series(), parameters)


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits: 1 is worse."""
    return against(parameters, reading)


def readings(rows: Sequence[Mapping[str, Any]], known: frozenset[str], parameters: Parameters) -> list[Reading]:
    """Readings from the endpoints that the newest deploys made worse; pure."""
    found = {}
    for row in rows:
        said = _said(row, parameters)
        if said and (not parameters.services or row["service"] in parameters.services):
            series = f"{row['service']} {row['method']} {row['route']}"
            facts = {
                "service": row["service"], "endpoint": f"{row['method']} {row['route']}", "version": row["version"],
                "previous": row["before"] or "what went before", "deploy": row["id"], "said": said,
            }  # fmt: skip
            found[series] = Reading(series, 1.0, row["hits_after"], details=facts)
    return [*found.values(), *(Reading(name, None, gone=True) for name in sorted(known - set(found)))]


def _said(row: Mapping[str, Any], parameters: Parameters) -> str:
    """In what way it became worse; empty where that is not worth a notification."""
    told = []
    if row["durations"] == "slower" and (row["ratio"] or 1.0) >= 1 + parameters.slower:
        p95 = f" (p95 {_ms(row['p95_after'])}, before {_ms(row['p95_before'])})" if row["p95_after"] else ""
        told.append(f"{100 * (row['ratio'] - 1):.0f} % slower{p95}")
    before, after = (row[f"errors_{side}"] / max(1, row[f"hits_{side}"]) for side in ("before", "after"))
    if row["errors"] == "more errors" and after - before >= parameters.errors:
        told.append(f"{100 * after:.1f} % errors (before {100 * before:.1f} %)")
    return " and ".join(told)


def _ms(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"

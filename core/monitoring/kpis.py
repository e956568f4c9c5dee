"""Resource `kpis` (K1-K4): the four key figures as numbers and as cards."""

from typing import Literal

from msgspec import Struct


class KpiTarget(Struct, frozen=True, kw_only=True):
    """What the KPI should be, in its unit: `op` value; `text` says it for people."""

    value: float
    op: Literal["<", ">="]
    text: str


class KpiPoint(Struct, frozen=True, kw_only=True):
    """One point of a sparkline: time (ms) and value in the KPI's unit, None where nothing was counted."""

    t: int
    v: float | None


class KpiCard(Struct, frozen=True, kw_only=True):
    """One KPI card in `unit`; `delta` is against one hour ago, `better` the direction that is good.

    `status` is `none` without a value; `reason` says why it is not `ok`. At most sixty points of `spark`, oldest first.
    """

    id: str
    key: str
    title: str
    value: float | None
    unit: str
    previous: float | None
    delta: float | None
    delta_percent: float | None
    direction: Literal["up", "down", "flat"]
    better: Literal["up", "down"]
    target: KpiTarget
    status: Literal["ok", "warning", "alert", "none"]
    reason: str
    spark: list[KpiPoint]


class KpiWindow(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The span that is counted (ms)."""

    start: int
    end: int


class Kpis(Struct, frozen=True, kw_only=True):
    """KPIs as numbers (per hour, percent, ms, USD per hour) and as cards."""

    transactions_per_hour: int | None
    fraud_rate: float | None
    api_latency_p95: float | None
    revenue_per_hour: float | None
    window: KpiWindow
    cards: list[KpiCard]


RESOURCE = Kpis

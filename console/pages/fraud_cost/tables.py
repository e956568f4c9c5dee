"""The tables of the page Fraud cost: the whole, and the same by model, policy and event."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from console import format
from console.analytics.fraud_cost.events import OTHER
from console.analytics.fraud_cost.line import Figure, Line
from console.pages.fraud_cost.words import interval, money
from console.panel import Column
from core.fraud_cost_config import FraudCostConfig

WHOLE = (
    Column("what", "Figure"), Column("counted", "Counted", "right"), Column("estimated", "Estimated", "right"),
    Column("total", "Together", "right"), Column("interval", "95 % interval", "right"),
    Column("n", "Transactions counted", "int"), Column("before", "Period before", "right"),
    Column("between", "Its interval", "right"),
)  # fmt: skip
FIGURES = {"saved": "Saved", "lost": "Lost", "wrong": "Wrongly blocked", "review": "Review"}
WEEK_HEADS = [
    "Week from", ">Saved, counted", ">Saved, estimated", ">Saved, 95 % interval", ">Lost, counted", ">Lost, estimated",
    ">Lost, 95 % interval", ">Wrongly blocked, counted", ">Wrongly blocked, estimated",
    ">Wrongly blocked, 95 % interval", ">Review", ">Lost frauds known",
]  # fmt: skip


def group_columns(name: str) -> tuple[Column, ...]:
    """Of a table by something."""
    return (
        Column(name.lower(), name, "two", "180px"), Column("saved", "Saved", "right"),
        Column("saved_between", "95 % interval", "right"), Column("saved_counted", "Saved, counted", "right"),
        Column("lost", "Lost", "right"), Column("lost_between", "95 % interval", "right"),
        Column("lost_counted", "Lost, counted", "right"), Column("wrong", "Wrongly blocked", "right"),
        Column("wrong_between", "95 % interval", "right"), Column("wrong_counted", "Wrongly blocked, counted", "right"),
        Column("review", "Review", "right"), Column("unknown", "Blocked, unlabelled", "int"),
    )  # fmt: skip


def whole(line: Line, before: Line | None, prices: FraudCostConfig) -> list[list[Any]]:
    """A row a figure, and beside it the period before."""
    many = {"saved": line.saved_n, "lost": line.lost_n, "wrong": line.wrong_n, "review": line.reviews}
    return [
        [key, label, *_parts(getattr(line, key), prices), many[key], *_before(before and getattr(before, key), prices)]
        for key, label in FIGURES.items()
        if key != "review"
    ] + [["review", FIGURES["review"], *_reviews(line, prices), many["review"], *_reviews_before(before, prices)]]


def _reviews(line: Line, prices: FraudCostConfig) -> list[Any]:
    """Reviews are counted, all of them."""
    counted = _money(line.review.counted, prices)
    return [counted, None, counted, None]


def _reviews_before(before: Line | None, prices: FraudCostConfig) -> list[Any]:
    return [before and _money(before.review.counted, prices), None]


def _parts(figure: Figure, prices: FraudCostConfig) -> list[Any]:
    return [
        _money(figure.counted, prices), _money(figure.estimated, prices), _money(figure.total, prices),
        [interval(figure, prices), figure.low or 0],
    ]  # fmt: skip


def _before(figure: Figure | None, prices: FraudCostConfig) -> list[Any]:
    if figure is None:
        return [None, None]
    return [_money(figure.total, prices), interval(figure, prices)]


def groups(lines: Mapping[Any, Line], names: Mapping[Any, Sequence[str]], prices: FraudCostConfig) -> list[list[Any]]:
    """A row a group, that with the most money first; `names` are words and small words of each."""
    ordered = sorted(lines.items(), key=lambda pair: -_weight(pair[1]))
    return [[str(key), list(names[key]), *_group(line, prices)] for key, line in ordered]


def _weight(line: Line) -> float:
    return sum(one.counted + (one.estimated or 0) for one in (line.saved, line.lost, line.wrong, line.review))


def _group(line: Line, prices: FraudCostConfig) -> list[Any]:
    found: list[Any] = []
    for figure in (line.saved, line.lost, line.wrong):
        found += [
            _money(figure.total, prices), [interval(figure, prices), figure.low or 0], _money(figure.counted, prices)
        ]  # fmt: skip
    return [*found, _money(line.review.counted, prices), line.unknown_n]


def weeks(lines: Mapping[int, Line], prices: FraudCostConfig) -> list[list[str]]:
    """A row a week, the newest first."""
    return [
        [week_name(week), *_week(line, prices), "–" if line.mature is None else f"{100 * line.mature:.0f} %"]
        for week, line in sorted(lines.items(), reverse=True)
    ]


def _week(line: Line, prices: FraudCostConfig) -> list[str]:
    found = []
    for figure in (line.saved, line.lost, line.wrong):
        found += [money(figure.counted, prices), money(figure.estimated, prices), interval(figure, prices)]
    return [*found, money(line.review.counted, prices)]


def week_name(week: int, short: bool = False) -> str:
    """The Monday (UTC) of a week of the cells; `short` as an axis has it."""
    monday = date(1970, 1, 1) + timedelta(days=7 * week - 3)
    return f"{monday:%-d %b}" if short else f"{monday:%Y-%m-%d}"


def model_names(lines: Mapping[int, Line]) -> dict[int, Sequence[str]]:
    """What the models are called."""
    return {key: (f"Model {key}", "", f"model/versions/{key}") if key else ("Not said", "") for key in lines}


def policy_names(
    lines: Mapping[int, Line], known: Mapping[int, tuple[str, datetime]]
) -> dict[int, Sequence[str]]:  # fmt: skip
    """What the policies are called, and since when they were in force."""
    return {
        key: (f"{known[key][0].capitalize()}, version {key}", f"from {known[key][1]:%Y-%m-%d %H:%M}")
        if key in known else ("Before the first", "")
        for key in lines
    }  # fmt: skip


def event_names(lines: Mapping[str, Line]) -> dict[str, Sequence[str]]:
    """What the events are called."""
    said = {"": ("Not said", "neither scoring request nor sale names one"), OTHER: ("Other events", "")}
    return {key: said.get(key, (key, "")) for key in lines}


def _money(cents: float | None, prices: FraudCostConfig) -> list[Any]:
    return [format.NONE if cents is None else money(cents, prices), -1.0 if cents is None else cents / 100]

"""What thresholds would have done, beside what is in force, in a table and in words. Pure."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dash import html

from console.format import NONE, money
from core.transactions.thresholds import Figure, ThresholdEffect, Thresholds

HEADS = ("Figure", "Current", "Chosen", "Change")
_SAME = 0.005
_SAME_SHARE = 0.0005
Write = Callable[[float | None], str]


class Row(NamedTuple):
    """A figure: its words, its name and that of its number in an outcome, how it reads, and whether more is better."""

    words: str
    name: str
    write: Write
    number: str
    better: str
    title: str


def _share(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f} %"


def _rate(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2}f}"


ROWS = (
    Row("Correctly blocked", "blocked_fraud", money, "n_blocked_fraud", "up",
        "Money of labelled frauds at or above BLOCKED"),
    Row("Wrongly blocked", "blocked_legit", money, "n_blocked_legit", "down",
        "Money of labelled legit transactions at or above BLOCKED"),
    Row("Blocked, unknown", "blocked_unknown", money, "n_blocked_unknown", "",
        "Without a label: neither right nor wrong"),
    Row("Fraud in review", "review_fraud", money, "n_review_fraud", "", "Labelled frauds sent to review"),
    Row("Missed fraud", "let_through", money, "n_let_through", "down", "Labelled frauds below REVIEW"),
    Row("Reviews per hour", "reviews_per_hour", _rate, "", "down", "Everything between REVIEW and BLOCKED"),
    Row("Precision", "precision", _share, "", "up", "Among labelled transactions, at the fraud threshold"),
    Row("Recall", "recall", _share, "", "up", "Among labelled frauds, at the fraud threshold"),
)  # fmt: skip


def compared(now: ThresholdEffect, then: ThresholdEffect) -> html.Table:
    """Each figure as it is in force and as chosen, with its bounds, and the change."""
    heads = [html.Th(words, scope="col", className="right" if at else None) for at, words in enumerate(HEADS)]
    body = html.Tbody([html.Tr(list(_cells(row, now, then))) for row in ROWS])
    return html.Table([html.Thead(html.Tr(heads)), body], id="outcome", className="table outcome")


def in_words(chosen: Thresholds, then: ThresholdEffect) -> str:
    """What is decided, and what nobody knows."""
    known = ""
    if then.precision_worst is not None:
        known = (
            f" Precision would be {_share(then.precision_worst)} if all unknown transactions were legit, "
            f"{_share(then.precision_best)} if all were fraud."
        )
    return (
        f"APPROVED below {chosen.review_from:.3f}, REVIEW up to {chosen.block_from:.3f}, BLOCKED from there.{known} "
        f"{then.n_through_unknown:,} below REVIEW have no label."
    )


def asks(chosen: Thresholds, then: ThresholdEffect) -> str:
    """What applying them does."""
    return (
        f"These thresholds will decide every transaction from now on: REVIEW from {chosen.review_from:.3f}, BLOCKED "
        f"from {chosen.block_from:.3f}. On this history that blocks {money(then.blocked_fraud.value)} of fraud and "
        f"{money(then.blocked_legit.value)} of legit money, and {money(then.blocked_unknown)} unknown. To undo it, "
        "apply other thresholds."
    )


def _cells(row: Row, now: ThresholdEffect, then: ThresholdEffect) -> Iterator[Any]:
    yield html.Th(row.words, scope="row", title=row.title)
    figures = [_figure(getattr(one, row.name)) for one in (now, then)]
    for one, figure in zip((now, then), figures, strict=True):
        count = f"{getattr(one, row.number):,} transactions" if row.number else ""
        bounds = "" if figure.low is None else f"{row.write(figure.low)} – {row.write(figure.high)}"
        small = ", ".join(part for part in (count, bounds) if part)
        yield html.Td([html.B(row.write(figure.value)), html.Small(small)], className="right")
    yield _change(row, figures[0].value, figures[1].value)


def _figure(value: Figure | float) -> Figure:
    return value if isinstance(value, Figure) else Figure(value)


def _change(row: Row, before: float | None, after: float | None) -> html.Td:
    step = None if before is None or after is None else after - before
    is_share = row.write is _share
    if step is None:
        return html.Td(NONE, className="right same")
    if abs(step) < (_SAME_SHARE if is_share else _SAME):
        return html.Td("same", className="right same")
    sign = "+" if step > 0 else "-" if row.write is _rate else ""
    words = f"{100 * step:.1f} pp" if is_share else row.write(abs(step) if row.write is _rate else step)
    way = "same" if not row.better else "better" if (step > 0) == (row.better == "up") else "worse"
    return html.Td(f"{sign}{words}", className=f"right {way}")

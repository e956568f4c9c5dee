"""The threshold simulator's charts: precision and recall, money, and where the scores lie, each by threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.plain import drawing
from console.format import percent_of
from core.models.performance.interval import wilson_weighted

Lists = Mapping[str, Any]


@drawing
def rates(curve: Lists, buckets: int) -> dict[str, Any]:
    """Precision and recall of what is labelled, by the score from which it counts as predicted fraud, with bounds."""
    edges = [round(i / buckets, 4) for i in range(buckets)]
    fraud, legit, of_fraud, of_legit = (
        curve[name] for name in ("n_fraud", "n_legit", "squares_fraud", "squares_legit")
    )
    precision = [(fraud[i], legit[i], of_fraud[i], of_legit[i]) for i in range(buckets)]
    recall = [(fraud[i], fraud[0] - fraud[i], of_fraud[i], of_fraud[0] - of_fraud[i]) for i in range(buckets)]
    return {
        "data": [
            *_rate("Precision", edges, precision, "accent", "solid"),
            *_rate("Recall", edges, recall, "review", "dash"),
        ],
        "layout": _layout("rates", {"range": [0, 1.02], "tickformat": ".0%"}, height=230),
    }


@drawing
def money(curve: Lists, buckets: int) -> dict[str, Any]:
    """Money at or above each score: fraud (blocked rightly), legit (wrongly), unknown; and fraud let through."""
    edges = [round(i / buckets, 4) for i in range(buckets)]
    fraud, legit = curve["money_fraud"], curve["money_legit"]
    through = [round(fraud[0] - value, 2) for value in fraud]
    # Nobody blocks below a third: what lies there would flatten everything that matters.
    near = buckets // 3
    unknown = [max(value, 0.0) for value in curve["money_unknown"]]
    top = 1.15 * max(fraud[0], legit[near], unknown[near]) or 1.0
    return {
        "data": [
            *_band("Fraud at or above", edges, fraud, curve["fraud_low"], curve["fraud_high"], "good", "solid"),
            *_band("Legit at or above", edges, legit, curve["legit_low"], curve["legit_high"], "blocked", "dash"),
            _line("Unknown at or above", edges, unknown, "muted", "dot"),
            *_band("Fraud below", edges, through, curve["through_low"], curve["through_high"], "review", "dashdot"),
        ],
        "layout": _layout("money", {"tickprefix": "$", "tickformat": "~s", "range": [0, top]}, height=230),
    }  # fmt: skip


@drawing
def scores(curve: Lists, buckets: int, bars: int = 20) -> dict[str, Any]:
    """How many predictions lie where, by label, on a logarithmic scale."""
    width = buckets // bars
    at = [round((i + 0.5) / bars, 4) for i in range(bars)]
    traces = []
    for name, role in (("unknown", "muted"), ("legit", "ok"), ("fraud", "blocked")):
        sums = curve[f"n_{name}"]
        traces.append(
            {
                "type": "bar",
                "name": name.title(),
                "x": at,
                "y": [max(round(sums[i * width] - sums[(i + 1) * width]), 0) or None for i in range(bars)],
                "marker": {"color": f"@{role}", "line": {"width": 0}},
                "hovertemplate": "%{y:,} " + name + "<extra></extra>",
            }
        )  # fmt: skip
    layout = _layout("scores", {"type": "log", "tickformat": "~s", "dtick": 1}, height=230)
    return {"data": traces, "layout": {**layout, "barmode": "group", "bargap": 0.15, "bargroupgap": 0}}


ROLES = {"review_from": "review", "fraud_threshold": "accent", "block_from": "blocked"}
WORDS = {"review_from": "REVIEW", "fraud_threshold": "fraud", "block_from": "BLOCKED"}
_FAR = 0.8  # from here on a word stands left of its line


def marked(names: Sequence[str], force: Mapping[str, float], chosen: Mapping[str, float]) -> dict[str, Any]:
    """Lines at the thresholds of these names: thin where in force, thick and with their word where chosen."""
    shapes = [
        line
        for name in names
        for line in (_upright(force[name], "muted", "dot", 1), _upright(chosen[name], ROLES[name], "solid", 2))
    ]
    return {"shapes": shapes, "annotations": [_word(name, chosen[name], at) for at, name in enumerate(names)]}


def _upright(x: float, role: str, dash: str, width: int) -> dict[str, Any]:
    line = {"color": f"@{role}", "dash": dash, "width": width}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _word(name: str, x: float, at: int) -> dict[str, Any]:
    is_far = x > _FAR
    return {
        "x": x, "yref": "paper", "y": 1 - 0.1 * at, "text": WORDS[name], "showarrow": False, "yanchor": "top",
        "xanchor": "right" if is_far else "left", "xshift": -4 if is_far else 4, "bgcolor": "@panel", "borderpad": 1,
        "font": {"size": 11, "color": f"@{ROLES[name]}"},
    }  # fmt: skip


def _rate(
    name: str, edges: Sequence[float], cases: Sequence[tuple[float, float, float, float]], role: str, dash: str
) -> list[dict[str, Any]]:
    """Of each case the weights of hits and others, and of their squares."""
    bounds = [wilson_weighted(*one) for one in cases]
    values = [round(hits / (hits + others), 4) if hits + others else None for hits, others, *_ in cases]
    low = [None if pair is None else round(pair[0], 4) for pair in bounds]
    high = [None if pair is None else round(pair[1], 4) for pair in bounds]
    return _band(name, edges, values, low, high, role, dash, share=True)


def _band(
    name: str,
    edges: Sequence[float],
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    role: str,
    dash: str,
    share: bool = False,
) -> list[dict[str, Any]]:
    """A line and the area between its bounds."""
    size = len(edges)
    shown = [i for i in range(size) if low[i] is not None and high[i] is not None]
    around = {
        "type": "scatter",
        "mode": "lines",
        "name": f"{name}, 95 %",
        "x": [edges[i] for i in shown] + [edges[i] for i in reversed(shown)],
        "y": [high[i] for i in shown] + [low[i] for i in reversed(shown)],
        "fill": "toself",
        "fillcolor": f"@{role}/0.16",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return [around, _line(name, edges, values, role, dash, share)]


def _line(
    name: str, edges: Sequence[float], values: Sequence[float | None], role: str, dash: str, share: bool = False
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(edges),
        "y": list(values)[: len(edges)],
        "line": {"color": f"@{role}", "width": 1.8, "dash": dash},
        **({"text": [percent_of(value) for value in values[: len(edges)]]} if share else {}),
        "hovertemplate": ("%{text}" if share else "$%{y:,.0f}") + f" {name.lower()}<extra></extra>",
    }


def _layout(name: str, yaxis: dict[str, Any], height: int) -> dict[str, Any]:
    return {
        "uirevision": name,
        "height": height,
        "hovermode": "x unified",
        "dragmode": False,
        "margin": {"l": 48, "r": 10, "t": 8, "b": 28},
        "xaxis": {"range": [0, 1], "tickformat": ".1f", "hoverformat": ".3f", "fixedrange": True, "dtick": 0.1},
        "yaxis": {"fixedrange": True, **yaxis},
    }

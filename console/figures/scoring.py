"""Scoring performance: how long predictions took by bin and model, and answers of the scoring service that are errors.

Times are epoch ms, durations ms.
"""

from collections.abc import Callable, Sequence
from typing import Any

from console.analytics.scoring import NO_MODEL, Box, Code, Latency
from console.figures.bins import MINUTE, Bins
from console.figures.endpoints import LEGEND, log_axis
from console.figures.lines import ROLES
from console.figures.plain import drawing
from console.format import milliseconds

LEAST = 0.001  # ms, the lowest that a logarithmic axis shows
GROUPS: tuple[tuple[str, str, Callable[[int], bool]], ...] = (
    ("5xx", "blocked", lambda status: status >= 500 or status == 0),
    ("422 refused input", "review", lambda status: status == 422),
    ("other 4xx", "muted", lambda status: 400 <= status < 500 and status != 422),
)  # fmt: skip


@drawing
def latency(boxes: Sequence[Box], bins: Bins) -> Any:
    """A box for each bin and model: quartiles, and whiskers from the least to the most; a logarithmic axis."""
    models = sorted({one.model for one in boxes})
    known = [value for one in boxes for value in (one.latency.least, one.latency.most) if value]
    return {"data": [
        _boxes(model_name(model), ROLES[place % len(ROLES)], [one for one in boxes if one.model == model], bins)
        for place, model in enumerate(models)
    ], "layout": {
        "uirevision": "latency", "height": 320, "boxmode": "group", "showlegend": len(models) > 1, "legend": LEGEND,
        "hovermode": "closest", "margin": {"l": 56, "r": 12, "t": 26, "b": 26}, "boxgap": 0.25,
        "xaxis": bins.axis, "yaxis": {**log_axis([max(one, LEAST) for one in known]), "fixedrange": True},
        **bins.marks,
    }}  # fmt: skip


@drawing
def errors(codes: Sequence[Code], bins: Bins) -> Any:
    """Answers that are errors by bin; what the server did wrong apart from input that it refused."""
    times = bins.times
    stacks = [
        (words, role, [sum(found) for found in zip(*(one.bins for one in codes if holds(one.status)), strict=True)])
        for words, role, holds in GROUPS
    ]
    return {"data": [
        {"type": "bar", "name": words, "x": times, "y": counts or [0] * len(times), "width": bins.step * MINUTE,
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "hovertemplate": "%{y:,}"}
        for words, role, counts in stacks
    ], "layout": {
        "uirevision": "errors", "height": 320, "barmode": "stack", "bargap": 0, "showlegend": True,
        "legend": {**LEGEND, "entrywidth": 110}, "margin": {"l": 44, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6, "rangemode": "tozero",
                  **({"dtick": 1, "tickformat": "d"} if _most(stacks) < 6 else {})},
        **bins.marks,
    }}  # fmt: skip


def model_name(model: int) -> str:
    """What a model is called."""
    return "no model named" if model == NO_MODEL else f"model {model}"


def group(status: int) -> str:
    """Which kind of error a status is; empty for none."""
    return next((words for words, _, holds in GROUPS if holds(status)), "")


def _boxes(name: str, role: str, boxes: Sequence[Box], bins: Bins) -> dict[str, Any]:
    found = [one.latency for one in boxes]
    return {
        "type": "box", "name": name, "x": [one.start * 1000 + bins.step * MINUTE // 2 for one in boxes],
        "lowerfence": [_shown(one.least) for one in found], "q1": [_shown(one.p25) for one in found],
        "median": [_shown(one.p50) for one in found], "q3": [_shown(one.p75) for one in found],
        "upperfence": [_shown(one.most) for one in found], "line": {"color": f"@{role}", "width": 1.3},
        "fillcolor": f"@{role}/0.25", "whiskerwidth": 0.4, "hoveron": "boxes",
        "text": [_told(one) for one in found], "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _shown(value: float | None) -> float | None:
    return None if value is None else max(value, LEAST)


def _told(one: Latency) -> str:
    return ", ".join(
        f"{name} {milliseconds(value)}"
        for name, value in (("min", one.least), ("p50", one.p50), ("p95", one.p95), ("max", one.most))
    )


def _most(stacks: Sequence[tuple[str, str, Sequence[int]]]) -> float:
    return max((sum(found) for found in zip(*(counts for _, _, counts in stacks if counts), strict=True)), default=0)

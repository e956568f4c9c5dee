"""The stack of a sample: where it was raised first, own frames with their source lines, those of libraries folded."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dash import html

from console import markup
from core import clock
from core.endpoints.exceptions import Sample
from core.events.performance.exception import Cause
from core.events.stack_trace import Frame

NO_STACK = "It came without a stack."
ITEM = "list-group-item px-3 py-2"


def stack(sample: Sample | None, samples: Sequence[Sample]) -> html.Section:
    """The panel; None where no sample is kept."""
    if sample is None:
        return markup.sheet("stack", "Stack", markup.calm("info-circle-fill", "No sample is kept."))
    which = "the newest sample" if sample.id == samples[0].id else "a sample"
    note = f"{which}, {clock.to_datetime(sample.timestamp):%Y-%m-%d %H:%M:%S} UTC; where it was raised first"
    body: list[Any] = []
    for place, cause in enumerate(sample.chain):
        body += _cause(cause, place)
    if sample.left_out:
        words = f"{sample.left_out:,} further frames in the middle are not kept."
        body.append(html.P(words, className="small text-body-secondary px-3 py-2 mb-0"))
    if sample.text:
        body.append(html.Pre(sample.text, className="small px-3 py-2 mb-0", tabIndex="0"))
    elif not any(cause.frames for cause in sample.chain):
        body.append(html.P(NO_STACK, className="small text-body-secondary px-3 pb-2 mb-0"))
    return markup.sheet("stack", "Stack", *body, note=note, body_class="body")


def _cause(cause: Cause, place: int) -> list[Any]:
    """Its type and message, then its frames from where it was raised outward."""
    head = html.H3(
        [html.Span("caused by ", className="text-body-secondary fw-normal") if place else "", cause.type],
        className="fs-6 px-3 pt-3 mb-1 text-break",
    )
    said = [html.P(cause.message, className="px-3 mb-2 text-break small")] if cause.message else []
    frames = cause.frames[::-1]
    own = any(frame.in_app for frame in frames)
    items: list[Any] = []
    for is_own, found in groupby(frames, key=lambda frame: bool(frame.in_app)):
        each = list(found)
        if is_own or not own:
            items += [html.Li(_frame(frame), className=ITEM) for frame in each]
        else:
            words = f"{len(each)} frame{'' if len(each) == 1 else 's'} of libraries"
            inside = html.Ol(
                [html.Li(_frame(frame), className=ITEM) for frame in each], className="list-group list-group-flush"
            )
            items.append(
                html.Li(
                    html.Details([html.Summary(words), inside], className="small text-body-secondary"), className=ITEM
                )
            )
    return [head, *said, html.Ol(items, className="list-group list-group-flush")]


def _frame(frame: Frame) -> list[Any]:
    """Function, module, file and line, and the line itself."""
    where = f"{frame.file}:{frame.line}" if frame.file and frame.line else frame.file
    name = html.B(frame.function or "(anonymous)", className="mono text-break")
    module = (
        [html.Span(f" in {frame.module}", className="small text-body-secondary text-break")] if frame.module else []
    )
    place = [html.Span(where, className="small mono text-body-secondary text-break")] if where else []
    source = frame.source.strip()
    line = [html.Div(source, className="mono small text-break mt-1")] if source else []
    return [
        html.Div([html.Span([name, *module]), *place], className="d-flex flex-wrap justify-content-between gap-2"),
        *line,
    ]

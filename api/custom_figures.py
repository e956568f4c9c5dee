"""`GET /api/v1/figures`: custom figures over a range, their values in bins."""

from collections import defaultdict
from typing import Annotated

from flask import Response
from msgspec import Meta, Struct

from api import range_answer
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.endpoint_spans import one_state, step_for, widened
from api.window import minutes
from core import clock
from core.db.engine import Database
from core.db.queries import query
from core.figures.overview import LENGTHS, ROUTE, USUAL, Bin, CustomFigure, CustomFigures, FigureSeries
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 120  # at most
FIGURES = 100  # that are listed
SERIES = 12  # of a figure that are listed, the first that it had


class FiguresQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, and the name of one figure (empty: all)."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    name: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE)
    @documented(
        "Get custom figures", tag="figures", scope="read", query=FiguresQuery, answers={200: CustomFigures},
        problems=(503,),
    )  # fmt: skip
    def custom_figures() -> Response:
        asked, now = arguments(FiguresQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, asked.name, range_answer.range_key(asked, span))
        return range_answer.answer(memory, key, lambda: read(database, asked.name, span, now))


def read(database: Database, name: str, span: tuple[int, int], now: float) -> CustomFigures:
    """Of minutes [first, after), widened to whole bins; no figure for an unknown name. Raises DatabaseUnavailable."""
    step = step_for(span[1] - span[0], BINS)
    first, after = widened(*span, step)
    with database.transaction() as connection:
        one_state(connection)
        listed = connection.execute(query("custom_figures.listed"), {"name": name, "most": FIGURES}).mappings().all()
        shown = {row["name"]: row["series"][:SERIES] for row in listed}
        wanted = {
            "names": list(shown), "series": sorted({one for series in shown.values() for one in series}), "step": step,
            "start": first * 60, "end": after * 60,
        }  # fmt: skip
        found: dict[tuple[str, str], list[Bin]] = defaultdict(list)
        for figure, series, *rest in connection.execute(query("custom_figures.bins"), wanted):
            found[figure, series].append(Bin(*rest))
    figures = [
        CustomFigure(
            **{key: value for key, value in row.items() if key != "series"},
            series=[FigureSeries(name=one, bins=found[row["name"], one]) for one in shown[row["name"]]],
            more=len(row["series"]) - len(shown[row["name"]]),
        )
        for row in listed
    ]
    return CustomFigures(now=now, first=first, after=after, step=step, figures=figures)

"""`GET /api/v1/profile`: where requests spend their time, as a tree of functions, and against another profile."""

from typing import Annotated, Literal

from flask import Response
from msgspec import Meta, Struct
from msgspec.structs import replace

from api import profile_samples, range_answer
from api.context import ProcessCache
from api.profile_samples import Names, Wanted
from api.window import minutes
from core import clock, codec
from core.db.engine import Connection, Database
from core.db.queries import query
from core.endpoints import flame, profile_runs
from core.endpoints.profiles import BASES, LENGTHS, ROUTE, USUAL, Bar, Function, Profile
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

FRESH = 5.0  # seconds an answer is good for
BARS = 800  # that are drawn at most
LEAST = 0.002  # of the whole: a narrower bar is left out
LISTED = 150  # functions
VERSIONS = 20  # that can be chosen, the newest
ENDPOINTS = 300
Length = Literal["15m", "1h", "6h", "24h", "7d"]
Base = Literal["", "previous", "day", "week"]
PLAIN = r"^[^\x00]*$"
Text = Annotated[str, Meta(max_length=300, pattern=PLAIN)]
Counted = list[tuple[list[int], int, int]]  # path, samples, which set


class ProfileQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, a filter (empty: any), a profile on demand, a function, and what to compare with."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    service: Text = ""
    route: Annotated[str, Meta(description="With `method`.", max_length=300, pattern=PLAIN)] = ""
    method: Text = ""
    version: Text = ""
    run: Annotated[str, Meta(description="A profile on demand.", max_length=40, pattern=PLAIN)] = ""
    frame: Annotated[str, Meta(description="Only what this function calls.", max_length=300)] = ""
    libraries: Annotated[
        Literal["show", "fold"], Meta(description="fold: of libraries only what the application calls.")
    ] = "show"
    base: Annotated[Base, Meta(description="Compare with the range before, a day or a week before.")] = ""
    base_version: Annotated[str, Meta(description="Compare with this version.", max_length=100, pattern=PLAIN)] = ""
    base_run: Annotated[str, Meta(description="Compare with this profile on demand.", max_length=40, pattern=PLAIN)] = (
        ""
    )

    @property
    def is_comparing(self) -> bool:
        """Whether it asks for a comparison."""
        return bool(self.base or self.base_version or self.base_run)


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE)
    @documented(
        "Get where requests spend their time",
        tag="endpoints",
        scope="read",
        query=ProfileQuery,
        answers={200: Profile},
        problems=(503,),
    )
    def endpoint_profile() -> Response:
        asked, now = arguments(ProfileQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, codec.encode(asked))
        return range_answer.answer(memory, key, lambda: answer(database, asked, span, now), FRESH)


def answer(database: Database, asked: ProfileQuery, span: tuple[int, int], now: float) -> Profile:
    """The profile of minutes [first, after). Raises DatabaseUnavailable."""
    wanted = Wanted(asked.service, asked.route, asked.method, asked.version, asked.run, *span)
    base = _base(asked, wanted)
    names = Names()
    with database.transaction() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = [profile_samples.read(connection, one) for one in (wanted, base) if one is not None]
        paths = profile_samples.paths(connection, found, names)
        choices = _choices(connection, asked, span[0])
        runs = profile_runs.newest(connection, asked.service)
    stacks: Counted = []
    root = flame.Frame()
    frame = names.find(asked.frame) if asked.frame else None
    totals = [0, 0]
    for side, one in enumerate(found):
        for place, functions, samples in profile_samples.placed(one, paths, names):
            totals[side] += samples
            inside = functions if not asked.frame else flame.below(functions, -1 if frame is None else frame)
            if inside is None:
                continue
            path = flame.folded(inside, names.own) if asked.libraries == "fold" else list(inside)
            root.add([*([] if asked.frame else place), *path], samples, side)
            stacks.append((path, samples, side))
    listed, more = _functions(stacks, root, is_compared=base is not None)
    bars = [
        Bar(
            bar.frame.number, bar.depth, round(bar.left, 5), round(bar.width, 5), bar.frame.totals[0],
            bar.frame.selves[0], bar.frame.totals[1], bar.frame.selves[1],
        )
        for bar in flame.bars(root, LEAST, BARS)
    ]  # fmt: skip
    frames, kept_bars, kept = _used(names, bars, listed)
    return Profile(
        now=now, first=span[0], after=span[1], samples=root.totals[0], all_samples=totals[0],
        base_samples=root.totals[1], base_first=base.first if base else 0, base_after=base.after if base else 0,
        is_compared=base is not None, frames=frames, bars=kept_bars, functions=kept, more=more,
        services=choices[0], endpoints=choices[1], versions=choices[2], runs=runs,
    )  # fmt: skip


def _base(asked: ProfileQuery, wanted: Wanted) -> Wanted | None:
    if not asked.is_comparing:
        return None
    back = (BASES[asked.base] or wanted.after - wanted.first) if asked.base else 0
    return wanted._replace(
        first=wanted.first - back, after=wanted.after - back, version=asked.base_version or asked.version,
        run=asked.base_run or asked.run,
    )  # fmt: skip


def _functions(stacks: Counted, root: flame.Frame, is_compared: bool) -> tuple[list[Function], int]:
    """Functions with the most samples of their own first, of a comparison those that changed most; the rest by number.

    What a function does itself is compared: its callers change with it.
    """
    total, before = root.totals

    def change(one: flame.Total) -> float:
        return abs(one.selves[0] / max(1, total) - one.selves[1] / max(1, before))

    found = [
        Function(
            one.number, one.totals[0], one.selves[0], one.totals[1], one.selves[1],
            is_compared and flame.is_sure(one.selves[0], total, one.selves[1], before),
        )
        for one in sorted(
            flame.functions(stacks).values(),
            key=lambda one: (-change(one) if is_compared else -one.selves[0], -one.totals[0], one.number),
        )
    ]  # fmt: skip
    if is_compared:
        found.sort(key=lambda one: not one.is_sure)
    return found[:LISTED], max(0, len(found) - LISTED)


def _used(
    names: Names, bars: list[Bar], functions: list[Function]
) -> tuple[list[tuple[str, bool]], list[Bar], list[Function]]:
    """Only the names that are needed, and places in them; the root of the tree is -1."""
    places: dict[int, int] = {-1: -1}
    frames: list[tuple[str, bool]] = []
    for number in [*(bar.frame for bar in bars), *(one.frame for one in functions)]:
        if number not in places:
            places[number] = len(frames)
            frames.append((names.texts[number], names.own[number]))
    return (
        frames,
        [replace(bar, frame=places[bar.frame]) for bar in bars],
        [replace(one, frame=places[one.frame]) for one in functions],
    )


def _choices(
    connection: Connection, asked: ProfileQuery, first: int
) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Services, and of the one that is asked for, or of all, endpoints and versions."""
    rows = connection.execute(query("profiles.choices"), {"start": first * 60}).all()
    of_service = [row for row in rows if asked.service in ("", row[0])]
    newest: dict[str, int] = {}
    for _, _, _, version, number in of_service:
        newest[version] = max(number, newest.get(version, 0))
    versions = sorted(filter(None, newest), key=lambda one: -newest[one])[:VERSIONS]
    endpoints = sorted({(row[1], row[2]) for row in of_service if row[1]})[:ENDPOINTS]
    return sorted({row[0] for row in rows}), endpoints, versions

"""How to send rows, and the test buttons: scenarios that go through the real entrance as source `test`."""

import math
import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dash import html
from flask import g

from console import forms, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.page import PageContext
from core import clock, codec
from core.errors import DatabaseUnavailable, HttpUnavailable
from core.statuses import store
from core.statuses.episode import MINUTE

ENTRANCE = "/api/transaction"
SOURCE = "test"
USUAL_MINUTES = 90  # before the disturbance: what is usual must be known first
BAD_MINUTES = 5
SILENT_MINUTES = 4
BATCH = 2000  # rows of a request
# A minute of the source: status, code, gateway, and how many are usual.
Changes = Mapping[tuple[str, str, str], float]
MIX: Changes = {
    ("approved", "00", "A"): 40.0, ("approved", "00", "B"): 20.0, ("denied", "51", "A"): 2.0,
    ("denied", "51", "B"): 1.0, ("denied", "05", "A"): 1.0, ("failed", "96", "A"): 0.2, ("failed", "96", "B"): 0.1,
    ("reversed", "00", "A"): 0.3, ("backend_reversed", "68", "A"): 0.1,
}  # fmt: skip


class Scenario(NamedTuple):
    """What happens: factors of what is usual, more a minute, or nothing at all."""

    title: str
    about: str
    factors: Changes = {}
    more: Changes = {}
    everything: float = 1.0
    silent: bool = False


SCENARIOS = {
    "gateway-down": Scenario(
        "Gateway down", "gateway B fails with code 91", {("approved", "00", "B"): 0.05}, {("failed", "91", "B"): 19.0}
    ),
    "issuer-declines": Scenario(
        "Issuer declines", "five times as many denied with code 51",
        {("denied", "51", "A"): 6.0, ("denied", "51", "B"): 6.0},
    ),
    "backend-reversals": Scenario(
        "Backend reversals", "the backend reverses 8 a minute", {}, {("backend_reversed", "68", "A"): 8.0}
    ),
    "silent-feed": Scenario("Silent feed", f"no rows for {SILENT_MINUTES} minutes", silent=True),
    "launch": Scenario("Launch", "ten times as many of everything: no share alarms", everything=10.0),
}  # fmt: skip


def sheet(context: PageContext, source: str) -> html.Section:
    """The request that sends a row, and where the API is described."""
    origin = "https://YOUR-MONITORING-API"
    row = {
        "timestamp": "2030-01-31T16:23:00Z", "status": "denied", "count": 7, "auth_code": "51",
        "source": source or "shop",
    }  # fmt: skip
    lines = [
        f"curl {origin}{ENTRANCE} \\",
        "  -H 'Authorization: Bearer gate_…' -H 'Content-Type: application/json' \\",
        f"  -d '[{codec.encode(row).decode()}]'",
    ]
    words = [
        html.P(
            [
                "Send one object or a list to ", html.Code(f"POST {ENTRANCE}"), ": the answer recommends ",
                html.Code("alert"), " or ", html.Code("ok"), " for each row. ", html.Code("timestamp"), ", ",
                html.Code("status"), " and ", html.Code("count"), " are required; ", html.Code("auth_code"), ", ",
                html.Code("source"), " and up to six more names (gateway, issuer, country …) are not. A row sent twice "
                "counts once; ", html.Code('"add": true'), " adds.",
            ],
            className="mb-2",
        ),
        html.Pre("\n".join(lines), className="mono small border rounded p-2 mb-2 text-wrap text-break", id="curl"),
        html.P(
            [
                "The token needs the scope ", html.Code("ingest"), _tokens(context), ". Reads: ",
                html.Code("GET /api/transactions"), ", ", html.Code("/api/stats"), ", ", html.Code("/api/health"),
                "; everything is described at ", html.Code("/docs"), " of the monitoring API. A file is replayed with ",
                html.Code("python -m statuses replay FILE"), ".",
            ],
            className="text-body-secondary mb-0",
        ),
    ]  # fmt: skip
    return markup.sheet("send", "Send rows", *words, note="API")


def _tokens(context: PageContext) -> Any:
    if not context.can("admin"):
        return ""
    return [" (", markup.link("API tokens", f"{context.prefix}tokens"), ")"]


def tests(context: PageContext) -> html.Section | None:
    """The buttons of the scenarios; for operators."""
    if not context.can("operator"):
        return None
    ask = (
        f"This sends {USUAL_MINUTES} usual minutes and then the disturbance through {ENTRANCE} as source “{SOURCE}”. "
        "An episode opens within a minute and notifies as a real one does. Afterwards the feed falls silent, which is "
        "an episode too."
    )
    buttons = [
        html.Div(
            [
                forms.press(one.title, f"{context.prefix}statuses/test/{name}", ask, picture="play-fill"),
                html.Span(one.about, className="small text-body-secondary"),
            ],
            className="d-flex flex-wrap align-items-center gap-2",
        )
        for name, one in SCENARIOS.items()
    ]
    return markup.sheet(
        "tests", "Test scenarios", html.Div(buttons, className="d-grid gap-2"), note=f"source “{SOURCE}”; operators"
    )


@action("statuses/test/<scenario>", role="operator", name="status_test")
def test(auth: AuthContext, form: Form) -> Done:
    """Send a named scenario through the real entrance, as source `test`."""
    name = form.names["scenario"]
    if name not in SCENARIOS:
        raise Refusal("There is no such scenario.", 404)
    now = clock.now()
    try:
        with auth.database.transaction() as connection:
            known = store.sources(connection).get(SOURCE)
    except DatabaseUnavailable:
        raise Refusal("PostgreSQL cannot be reached. Try again.", 503) from None
    made = list(rows(SCENARIOS[name], int(now // MINUTE), known.newest if known else None, random.Random(now)))
    try:
        for start in range(0, len(made), BATCH):
            answer = auth.api.post_json(ENTRANCE, made[start : start + BATCH])
            if answer.status >= 300:
                raise Refusal(f"The monitoring API refused the rows ({answer.status}).", 502)
    except HttpUnavailable:
        raise Refusal("The monitoring API cannot be reached. Try again.", 503) from None
    words = f"{SCENARIOS[name].title}: {len(made):,} rows sent as source “{SOURCE}”."
    report = ("low", "status-test", f"sent the test scenario {name} ({len(made)} rows) as {g.session.user}")
    return Done(words, go=f"statuses?source={SOURCE}&range=1h", report=report)


def rows(scenario: Scenario, at: int, newest: int | None, draw: random.Random) -> Iterator[dict[str, Any]]:
    """The rows of a scenario that ends with minute `at`: usual ones where the source has none, then the disturbance."""
    bad = SILENT_MINUTES if scenario.silent else BAD_MINUTES
    first = at - bad - USUAL_MINUTES + 1
    if newest is not None and newest >= first:
        first = min(newest + 1, at - bad + 1)
    for minute in range(first, at + 1):
        disturbed = minute > at - bad
        if disturbed and scenario.silent:
            return
        yield from _minute(scenario if disturbed else Scenario("", ""), minute, draw)


def _minute(scenario: Scenario, minute: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    for series in {**MIX, **scenario.more}:
        mean = MIX.get(series, 0.0) * scenario.factors.get(series, 1.0) + scenario.more.get(series, 0.0)
        status, code, gateway = series
        if count := poisson(draw, mean * scenario.everything):
            yield {
                "timestamp": clock.iso(minute * MINUTE), "status": status, "auth_code": code, "count": count,
                "source": SOURCE, "gateway": gateway,
            }  # fmt: skip


def poisson(draw: random.Random, mean: float) -> int:
    """A Poisson number, by Knuth's product; a normal one where the mean is large."""
    if mean > 60:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count

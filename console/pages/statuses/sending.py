"""How to send rows, and the test buttons: scenarios that go through the real entrance as source `test`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from dash import html
from flask import g

from console import forms, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.page import PageContext
from core import clock, codec
from core.errors import BadInput, ConfigError, DatabaseUnavailable, HttpUnavailable
from core.statuses import mix, store
from core.statuses.episode import MINUTE
from core.statuses.mix import Mix, cells, changed
from core.statuses.scenarios import SCENARIOS, Scenario

ENTRANCE = "/api/transaction"
SOURCE = "test"
USUAL_MINUTES = 90  # before the disturbance: what is usual must be known first
BAD_MINUTES = 5
BATCH = 2000  # rows of a request


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
        html.Pre(
            "\n".join(lines), className="mono small border rounded p-2 mb-2 text-break", id="curl",
            style={"whiteSpace": "pre-wrap"},
        ),
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
                forms.press(_title(name), f"{context.prefix}statuses/test/{name}", ask, picture="play-fill"),
                html.Span(one.summary, className="small text-body-secondary"),
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
    newest, draw = known.newest if known else None, np.random.default_rng(int(now * 1000))
    try:
        made = list(rows(SCENARIOS[name], mix.load(auth.settings), int(now // MINUTE), newest, draw))
    except (BadInput, ConfigError) as error:
        raise Refusal(f"simulator.toml does not fit this scenario: {error}", 409) from None
    try:
        for start in range(0, len(made), BATCH):
            answer = auth.api.post_json(ENTRANCE, made[start : start + BATCH])
            if answer.status >= 300:
                raise Refusal(f"The monitoring API refused the rows ({answer.status}).", 502)
    except HttpUnavailable:
        raise Refusal("The monitoring API cannot be reached. Try again.", 503) from None
    words = f"{_title(name)}: {len(made):,} rows sent as source “{SOURCE}”."
    report = ("low", "status-test", f"sent the test scenario {name} ({len(made)} rows) as {g.session.user}")
    return Done(words, go=f"statuses?source={SOURCE}&range=1h", report=report)


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def rows(
    scenario: Scenario, usual: Mix, at: int, newest: int | None, draw: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """The rows of a scenario that ends with minute `at`: usual ones where the source has none, then the disturbance."""
    known = cells(usual)
    bad = changed(known, scenario.changes)
    first = at - BAD_MINUTES - USUAL_MINUTES + 1
    if newest is not None and newest >= first:
        first = min(newest + 1, at - BAD_MINUTES + 1)
    for minute in range(first, at + 1):
        rates = bad if minute > at - BAD_MINUTES else known.rates
        yield from known.rows(SOURCE, minute, draw.poisson(rates).tolist())

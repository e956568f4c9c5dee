"""The review queue: what waits for an analyst, most money at risk first, one analyst each."""

from typing import Any

from dash import html
from flask import g

from console import label_maturity
from console.actions import Done, Form, action
from console.attributes import attributes
from console.auth.context import AuthContext
from console.format import NONE, money, number
from console.page import Page, PageContext
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from console.transaction_parts import decision, maturity, side, tabs
from core import clock
from core.errors import BadInput
from core.transactions import review
from core.transactions.ids import is_id
from core.transactions.review import Backlog, ReviewConfig, Waiting

PATH = "transactions/queue"
KEYS = (
    ("j", "next"), ("k", "back"), ("f", "fraud"), ("l", "legit"), ("u", "unsure"), ("c", "comment"), ("z", "undo"),
)  # fmt: skip
COLUMNS = (
    Column("risk", "At risk", "usd", "88px"),
    Column("id", "Transaction", "open", "20%"),
    Column("decision", "Decision", "state", "104px"),
    Column("score", "Score", "score", "70px"),
    Column("amount", "Amount", "usd", "96px"),
    Column("why", "Top feature", "mono"),
    Column("time", "Time (UTC)", "second", "168px"),
    Column("hand", "Claimed by", "state", "96px"),
)
_DAY = 86400


def content(context: PageContext) -> Any:
    """The figures, the list, and a place for the opened one."""
    config, now = context.auth.settings.section("review", ReviewConfig), clock.now()
    with context.auth.database.transaction() as connection:
        waiting = review.queue(connection, config, now)
        backlog = review.backlog(connection, config, now)
        mine = review.labelled_by(connection, context.session.user, now - now % _DAY)
        start = clock.to_datetime(now - config.queue_days * _DAY)
        mature = label_maturity.maturity(connection, start, clock.to_datetime(now))
    days = number(config.queue_days)
    queue = attributes({"data-queue": ""} if context.can("analyst") else {})
    listed = table(
        "rows", "Review queue", COLUMNS, [_row(one, context.session.user) for one in waiting],
        f"The queue is empty: every held transaction of the last {days} days has a label.",
        note=f"held, unlabelled transactions by score × amount; a claim lasts {number(config.claim_minutes)} minutes",
        below=[_keys()], whole=False, look="rows", heads={},
    )  # fmt: skip
    return html.Div(
        [
            html.H1("Review queue", className="page-title"),
            tabs(context, PATH),
            _figures(backlog, mine, days),
            maturity(mature, f"the last {days} days"),
            html.Div([listed, side(_hint(context, bool(waiting)))], className="desk queue", **queue),
        ],
        className="wide",
    )


def _figures(backlog: Backlog, mine: int, days: str) -> html.Div:
    blocked = _count("blocked", backlog.blocked, f"{backlog.blocked:,}")
    return html.Div(
        [
            _figure("waiting", backlog.waiting, f"{backlog.waiting:,}", ["waiting, ", blocked, " of them blocked"]),
            _figure(
                "risk", backlog.risk, money(backlog.risk), f"at risk of {money(backlog.money)} held, last {days} days"
            ),
            _figure("mine", mine, str(mine), "labelled by you today (UTC)"),
        ],
        className="facts strip-facts",
    )


def _figure(name: str, value: float, words: str, says: Any) -> html.Div:
    return html.Div(
        [html.Div(_count(name, value, words), className="v"), html.Div(says, className="k")], className="fact"
    )


def _count(name: str, value: float, words: str) -> html.Span:
    """A number that follows what is labelled."""
    return html.Span(words, id=name, **attributes({"data-n": str(value)}))


def _row(one: Waiting, me: str) -> list[Any]:
    row = one.row
    hand = None if not one.claimed_by else ["", "lock", "you", ""] if one.claimed_by == me else held_by(one.claimed_by)
    return [
        row.transaction_id, None if row.risk is None else float(row.risk), row.transaction_id, decision(row.decision),
        row.score, None if row.amount is None else float(row.amount), row.top_feature or NONE, when(row.at), hand,
    ]  # fmt: skip


def held_by(name: str) -> list[str]:
    """Who else has claimed it, as the table shows it."""
    return ["review", "lock", name, ""]


def _keys() -> html.P:
    return html.P([part for key, does in KEYS for part in (html.Kbd(key), f" {does} ")], className="more keys-line")


def _hint(context: PageContext, is_any: bool) -> list[Any]:
    text = "Only analysts can label. Your role is read-only."
    if context.can("analyst"):
        text = "Opening a transaction claims it until you label it or move on."
    return [icon("eye"), html.B("Select a transaction or press j" if is_any else "Queue empty"), html.Span(text)]


@action(f"{PATH}/claim", role="analyst", name="review_claim", audited=False)
def claim(auth: AuthContext, form: Form) -> Done:
    """Claim a transaction for a while; nobody else labels it meanwhile."""
    config = auth.settings.section("review", ReviewConfig)
    with auth.database.transaction() as connection:
        other = review.claim(connection, _id(form), g.session.user, config, clock.now())
    until = other and other[1].isoformat()
    return Done("", data={"mine": other is None, "holder": other and other[0], "until": until})


@action(f"{PATH}/release", role="analyst", name="review_release", audited=False)
def release(auth: AuthContext, form: Form) -> Done:
    """Give it back."""
    with auth.database.transaction() as connection:
        review.release(connection, _id(form), g.session.user)
    return Done("", data={"mine": False})


def _id(form: Form) -> str:
    name = str(form.values.get("id", ""))
    if not is_id(name):
        raise BadInput("id", "is not a transaction id")
    return name


PAGE = Page(
    name="review_queue",
    path=PATH,
    title="Review queue",
    role="viewer",
    content=content,
    actions=(claim, release),
    under="transactions",
)

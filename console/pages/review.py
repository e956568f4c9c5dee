"""The review queue: what waits for an analyst, most money at risk first, one analyst each."""

from flask import Flask, Response, g, request

from console import label_maturity
from console.auth.context import Door
from console.auth.roles import reaches
from console.format import NONE, money, number
from console.pages.rendering import show
from core import clock, codec
from core.errors import BadInput
from core.transactions import review
from core.transactions.ids import is_id
from core.transactions.review import ReviewConfig

_DAY = 86400


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>transactions/queue` and its claims."""
    root = f"{door.prefix}transactions/queue"
    config = door.settings.section("review", ReviewConfig)

    @server.get(root, endpoint="review_queue")
    def page() -> Response:
        now = clock.now()
        start = clock.to_datetime(now - config.queue_days * _DAY)
        with door.database.transaction() as connection:
            waiting = review.queue(connection, config, now)
            backlog = review.backlog(connection, config, now)
            mine = review.labelled_by(connection, g.session.user, now - now % _DAY)
            maturity = label_maturity.maturity(connection, start, clock.to_datetime(now))
        return show(
            door, "review_queue.html", "transactions", waiting=waiting, backlog=backlog, mine=mine, maturity=maturity,
            days=config.queue_days, minutes=config.claim_minutes, number=number, money=money, dash=NONE,
            can_label=reaches(g.session.role, "analyst"),
        )  # fmt: skip

    @server.post(f"{root}/claim", endpoint="review_claim")
    def claim() -> Response:
        name = _id()
        with door.database.transaction() as connection:
            other = review.claim(connection, name, g.session.user, config, clock.now())
        return _json({"mine": other is None, "holder": other and other[0], "until": other and other[1].isoformat()})

    @server.post(f"{root}/release", endpoint="review_release")
    def release() -> Response:
        with door.database.transaction() as connection:
            review.release(connection, _id(), g.session.user)
        return _json({"mine": False})


def _id() -> str:
    name = request.form.get("id", "")
    if not is_id(name):
        raise BadInput("id", "is no transaction id")
    return name


def _json(value: object) -> Response:
    return Response(codec.encode(value), headers={"Cache-Control": "no-store"}, content_type="application/json")

"""The review queue: what waits for an analyst, most money at risk first, one analyst each."""

from flask import Flask, Response, g, request

from console.auth.door import Door
from console.format import NONE, money, number
from console.pages.plain import show
from core import clock, codec
from core.errors import BadInput
from core.roles import reaches
from core.store import confusion_reads, review
from core.store.review import ReviewConfig

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
            maturity = confusion_reads.maturity(connection, start, clock.to_datetime(now))
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
    if not 0 < len(name) <= 200 or "\0" in name:
        raise BadInput("id", "is no transaction id")
    return name


def _json(value: object) -> Response:
    return Response(codec.encode(value), headers={"Cache-Control": "no-store"}, content_type="application/json")

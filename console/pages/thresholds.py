"""The threshold simulator (L9): sliders over labelled history, beside what is in force; applied or proposed from here.

The history of a span is counted once and sent as suffix sums; the browser answers every move of a slider from them.
Whoever applies must be an operator and show a second factor; anybody who labels may propose.
"""

import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from flask import Flask, Response, g, make_response, redirect, request

from console.auth.audited import address
from console.auth.context import Door
from console.auth.roles import reaches
from console.figures import thresholds as figures
from console.figures.template import template
from console.format import NONE, money, number
from console.pages.rendering import show
from console.pages.threshold_words import way_said
from console.thresholds import history as threshold_history
from console.thresholds.history import History
from core import clock, codec
from core.db.redis_client import Live
from core.db.replica import Answer
from core.errors import BadInput
from core.policy import Policy
from core.transactions import policies, search_filter
from core.transactions.search_filter import Asked
from core.transactions.thresholds import BUCKETS, Thresholds, checked, outcome

USUAL = "30d"
KEPT_SECONDS = 60.0
KEPT = 16
LONGEST_DAYS = 92
DONE = {
    "applied": "The thresholds are in force; the scoring service follows within a second.",
    "proposed": "The proposal is kept; an operator can adopt it.",
    "adopted": "The proposal is in force; the scoring service follows within a second.",
    "discarded": "The proposal is put away.",
}


class Counted:
    """Histories by span, kept for a minute; one thread counts a span, the others wait for it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kept: dict[str, tuple[float, Answer[History]]] = {}
        self._lock = threading.Lock()

    def of(self, name: str, start: datetime, end: datetime) -> Answer[History]:
        """The history of a span, and how far behind the replica was that counted it.

        Raises BadInput when it is too much, DatabaseAway.
        """
        with self._lock:
            found = self._kept.get(name)
            if found is None or clock.now() - found[0] > KEPT_SECONDS:
                rules = self._door.settings.config.policy.holdout
                counted = self._door.history.read(
                    lambda database: threshold_history.history(database, start, end, rules)
                )
                found = self._kept[name] = (clock.now(), counted)
                while len(self._kept) > KEPT:
                    self._kept.pop(next(iter(self._kept)))
            return found[1]


def install(server: Flask, door: Door, live: Live) -> None:
    """Add `<prefix>thresholds` and its actions."""
    root = f"{door.prefix}thresholds"
    counted = Counted(door)

    @server.get(root, endpoint="thresholds")
    def page() -> Response:
        return _page(door, live, counted)

    @server.post(f"{root}/apply", endpoint="thresholds_apply")
    def apply() -> Response:
        chosen = _chosen()
        with door.database.transaction() as connection:
            policy = policies.put_thresholds(connection, door.audit, chosen, g.session.user, **_how())
        _told(door, live, policy)
        return make_response(redirect(f"{root}?done=applied", 303))

    @server.post(f"{root}/proposals", endpoint="proposal_make")
    def propose() -> Response:
        chosen, note = _chosen(), " ".join(request.form.get("note", "").split())
        if len(note) > 500:
            raise BadInput("note", "at most 500 characters are kept")
        name, asked = _span(request.form.get("span", ""), {})
        shown = outcome(counted.of(name, asked.start, asked.end).found.curve, chosen)
        with door.database.transaction() as connection:
            threshold_history.propose(connection, door.audit, chosen, shown, name, note, g.session.user, **_how())
        kept = f"{chosen.review_from:g},{chosen.fraud_threshold:g},{chosen.block_from:g}"
        return make_response(redirect(f"{root}?done=proposed&span={quote(name)}&t={kept}#proposals", 303))

    @server.post(f"{root}/proposals/<int:number>/adopt", endpoint="proposal_adopt")
    def adopt(number: int) -> Response:
        with door.database.transaction() as connection:
            policy = threshold_history.adopt(connection, door.audit, number, g.session.user, **_how())
        if policy is None:
            return _page(door, live, counted, 409, failed="That proposal is not open any more.")
        _told(door, live, policy)
        return make_response(redirect(f"{root}?done=adopted", 303))

    @server.post(f"{root}/proposals/<int:number>/discard", endpoint="proposal_discard")
    def discard(number: int) -> Response:
        with door.database.transaction() as connection:
            done = threshold_history.discard(connection, door.audit, number, g.session.user, **_how())
        if not done:
            return _page(door, live, counted, 409, failed="That proposal is not open any more.")
        return make_response(redirect(f"{root}?done=discarded#proposals", 303))


def _page(door: Door, live: Live, counted: Counted, status: int = 200, failed: str = "") -> Response:
    wrong: dict[str, str] = {}
    name, asked = _span(request.args.get("span", ""), wrong)
    history, behind = None, None
    if not wrong:
        try:
            history, behind = counted.of(name, asked.start, asked.end)
        except BadInput as error:
            wrong["span"] = error.reason
    policy = policies.current(live, door.database)
    with door.database.transaction() as connection:
        proposals = threshold_history.proposals(connection)
    curve: dict[str, Any] = msgspec.to_builtins(history.curve) if history else {}
    drawn = (("rates", figures.rates), ("money", figures.money), ("scores", figures.scores)) if curve else ()
    charts = {key: codec.encode(draw(curve, BUCKETS)).decode() for key, draw in drawn}
    return show(
        door, "thresholds.html", "transactions", 400 if wrong else status, history=history, policy=policy, span=name,
        behind=behind, spans=list(search_filter.SPANS), typed=request.args, wrong=wrong, failed=failed,
        proposals=proposals, profiles=_profiles(door), buckets=BUCKETS, number=number, money=money, dash=NONE,
        charts=charts, counted_how=way_said(history, door.settings.config.policy.holdout) if history else "",
        template_json=codec.encode(template()).decode(), curve_json=codec.encode(curve).decode(),
        can_propose=reaches(g.session.role, "analyst"), can_apply=reaches(g.session.role, "operator"),
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip


def _span(text: str, wrong: dict[str, str]) -> tuple[str, Asked]:
    """A span by its name, or `2026-01-01..2026-01-31` (days, UTC); what is wrong goes to `wrong`."""
    text = text[:60] or USUAL
    first, marks, last = text.partition("..")
    given = {"from": first, "to": last} if marks else {"span": text}
    asked, bad = search_filter.parse(given, clock.now())
    if asked.end - asked.start > timedelta(days=LONGEST_DAYS):
        bad["span"] = f"At most {LONGEST_DAYS - 2} days."
    if bad:
        wrong["span"] = next(iter(bad.values()))
    return text, asked


def _chosen() -> Thresholds:
    """The thresholds of the form. Raises BadInput naming the field."""
    found = {}
    for name in ("fraud_threshold", "review_from", "block_from"):
        try:
            found[name] = float(request.form.get(name, ""))
        except ValueError:
            raise BadInput(name, "must be a number") from None
    return checked(**found)


def _told(door: Door, live: Live, policy: Policy) -> None:
    policies.mirror(live, policy)
    text = (
        f"{g.session.user} put thresholds in force (version {policy.version}): fraud {policy.fraud_threshold:.3f}, "
        f"REVIEW from {policy.review_from:.3f}, BLOCKED from {policy.block_from:.3f}"
    )
    door.tell("medium", "policy-change", "success", text, g.session.user)


def _profiles(door: Door) -> dict[str, Thresholds]:
    return {
        name: Thresholds(one.fraud_threshold, one.review_from, round(one.fraud_threshold + one.block_margin, 6))
        for name, one in door.settings.config.policy.profiles.items()
    }


def _how() -> dict[str, Any]:
    return {"ip": address(), "correlation_id": g.get("correlation_id")}

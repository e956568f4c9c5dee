"""The signed link of a message: whoever has it says whether the incident was worth telling, and can do nothing else.

The link opens a page with three buttons: mail filters and chat previews follow links, and must not judge.
"""

from flask import Flask, Response, request

from console.auth import forms
from console.auth.context import AuthContext
from core import clock
from core.alerting import alert_reads, judgements
from core.alerting.incident import Incident
from core.alerting.incidents import NoIncident
from core.alerting.judgement import JUDGEMENTS, MEANING
from core.untrusted_text import settled

ACTOR = "signed link"


def install(server: Flask, auth: AuthContext) -> None:
    """Add `<prefix>login/judge/<token>`."""
    path = f"{auth.prefix}login/judge/<token>"
    key = judgements.link_key(auth.settings.secret_key)

    @server.get(path, endpoint="judge_link")
    def show(token: str) -> Response:
        return _page(auth, _incident(auth, key, token))

    @server.post(path, endpoint="judge_link_submit")
    def submit(token: str) -> Response:
        one = _incident(auth, key, token)
        said = next((word for word in JUDGEMENTS if word == request.form.get("judgement")), None)
        if one is None:
            return _page(auth, None)
        if not forms.has_valid_csrf(auth):
            return _page(auth, one, 400, wrong=forms.EXPIRED)
        if said is None:
            return _page(auth, one, 400, wrong="Choose one of the three.")
        try:
            with auth.database.transaction() as connection:
                judgements.judge(connection, auth.audit, one.id, said, ACTOR, "link", clock.now())
        except NoIncident:
            return _page(auth, None)
        return _page(auth, one, said=said)


def _incident(auth: AuthContext, key: bytes, token: str) -> Incident | None:
    number = judgements.incident_of(key, token, clock.now())
    if number is None:
        return None
    with auth.database.transaction() as connection:
        return alert_reads.incident(connection, number)


def _page(auth: AuthContext, one: Incident | None, status: int = 200, said: str = "", wrong: str = "") -> Response:
    if one is None:
        return forms.show(auth, "judge.html", 410, title="", wrong="", said="", choices={})
    title = settled(one.title) + (f" ({settled(one.series)})" if one.series and one.series not in one.title else "")
    return forms.show(
        auth, "judge.html", status, title=title, summary=settled(one.summary), said=said, wrong=wrong,
        choices=MEANING,
    )  # fmt: skip

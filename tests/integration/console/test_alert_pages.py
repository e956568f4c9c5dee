"""The Alerts pages on real stores: who may do what, what people do is stored and told, forms keep what was typed."""

import csv
import gzip
import html
import io
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.pages.incident.reading import limits_of
from core.alerting import alert_reads, silence_store
from core.alerting.action_runs import ActionIntent, request
from core.clock import to_datetime
from core.db.engine import Database
from core.web.app import App
from tests.alerting import fire, rule
from tests.components import Shown, document, fields
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
FRAUD = {
    "kind": "window", "unit": "%", "for": "10m", "channels": ["pagerduty"], "escalate": ["sms-security"],
    "actions": ["strict-policy"], "parameters": {"metric": "fraud_rate", "above": 3.0},
}  # fmt: skip


@pytest.fixture
def firing(db: Database) -> str:
    """A firing incident of A1."""
    rule(db, "A1", "Fraud rate", "high", FRAUD)
    fire(db, "A1", "A1-1", time.time() - 700, severity="high", value=4.2, limit=3.0, title="Fraud rate")
    return "A1-1"


def look(person: Person, path: str) -> str:
    """The HTML of a page of the shell."""
    answer = person.client.get(PREFIX + path)
    assert answer.status_code == 200, path
    return str(document(answer)["content"])


def rows(page: str) -> list[list[str]]:
    """The rows of the tables of a page: their keys and the words of their cells."""
    return Shown(page).all_rows()


def kinds(db: Database, incident: str) -> list[str]:
    with db.transaction() as connection:
        return [row["kind"] for row in alert_reads.of(connection, "events", id=incident)]


def audited(db: Database) -> list[tuple[str, str, str]]:
    with db.transaction() as connection:
        rows = connection.execute(text("SELECT actor, action, target FROM audit_log ORDER BY seq"))
        return [tuple(row) for row in rows if not row.action.startswith(("user.", "mfa."))]


@pytest.mark.parametrize("tab", ["firing", "pending", "silenced", "rules", "channels", "actions", "history"])
def test_every_tab_answers_empty_and_full(person: Make, db: Database, tab: str) -> None:
    viewer = person("vic", "viewer")
    assert "not being evaluated" in look(viewer, f"alerts?tab={tab}")
    rule(db, "A1", "Fraud rate", "high", FRAUD)
    fire(db, "A1", "A1-1", time.time() - 700, severity="high", value=4.2, limit=3.0, title="Fraud rate")
    page = look(viewer, f"alerts?tab={tab}")
    assert "not being evaluated" not in page
    assert "/acknowledge" not in page


def test_the_list_names_what_fires_against_its_limit(person: Make, firing: str) -> None:
    page = look(person("vic", "viewer"), "alerts")
    assert f'alerts/incidents/{firing}"' in page
    assert "4.2 %" in page
    assert "3 %" in page


def test_a_state_is_said_in_words_wherever_its_incident_is_shown(person: Make, db: Database) -> None:
    rule(db, "service-down", "Service DOWN", "high", {"kind": "service", "parameters": {"above": 1.0}})
    fire(db, "service-down", "s-1", time.time() - 60, series="rpc", value=2.0, limit=1.0, unit="")
    with db.transaction() as connection:
        words = '{"words": ["UP", "SLOW", "DOWN"]}'
        connection.execute(text("UPDATE incidents SET details = CAST(:words AS jsonb)"), {"words": words})
    vic = person("vic", "viewer")
    for path in ("alerts", "alerts?tab=history"):
        page = look(vic, path)
        assert ">DOWN<" in page, path
        assert "worse than SLOW" in page, path
    page = look(vic, "alerts/incidents/s-1")
    assert ">DOWN<" in page
    assert ">worse than SLOW<" in page


def test_an_operator_acknowledges_once_for_everybody(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    assert operator.post(f"alerts/incidents/{firing}/acknowledge")[0] == 303
    assert operator.post(f"alerts/incidents/{firing}/acknowledge")[0] == 303
    assert kinds(db, firing).count("acknowledged") == 1
    assert "Acknowledged by olga" in look(operator, f"alerts/incidents/{firing}")
    assert ("olga", "incident.acknowledge", f"incident:{firing}") in audited(db)


def test_the_live_page_acknowledges_with_a_header_and_gets_json(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    headers = {"X-CSRF-Token": operator.token(), "Accept": "application/json"}
    path = f"{PREFIX}alerts/incidents/{firing}/acknowledge"
    assert operator.client.post(path, headers={**headers, "X-CSRF-Token": "x"}).status_code == 403
    answer = operator.client.post(path, headers=headers)
    assert (answer.status_code, answer.json["bad"]) == (200, False)


@pytest.mark.parametrize(("role", "path", "status"), [
    ("viewer", "comment", 403), ("viewer", "acknowledge", 403), ("analyst", "acknowledge", 403),
    ("analyst", "comment", 303), ("operator", "resolve", 303), ("operator", "assign", 303),
])  # fmt: skip
def test_each_role_does_what_it_may(person: Make, db: Database, firing: str, role: str, path: str, status: int) -> None:
    someone = person("sam", role)
    given = {"text": "looking into it", "assignee": "sam"}
    assert someone.post(f"alerts/incidents/{firing}/{path}", **given)[0] == status
    assert (path in "".join(kinds(db, firing)) or path[:6] in "".join(kinds(db, firing))) is (status == 303)


def test_a_refused_change_says_why_and_keeps_what_was_fields(person: Make, firing: str) -> None:
    operator = person("olga", "operator")
    status, page = operator.post(f"alerts/incidents/{firing}/comment", text=" ")
    assert status == 400
    assert "1 to 4,000 characters" in page
    status, page = operator.post(f"alerts/incidents/{firing}/escalate", reason="")
    assert (status, "enter a reason" in page.lower()) == (400, True)
    assert operator.post(f"alerts/incidents/{firing}/assign", assignee="nobody-here")[0] == 400
    assert operator.post(f"alerts/incidents/{firing}/resolve")[0] == 303
    status, page = operator.post(f"alerts/incidents/{firing}/acknowledge")
    assert (status, "resolved" in page) == (409, True)
    assert operator.post("alerts/incidents/none/acknowledge")[0] == 404


def test_escalating_tells_the_channels_of_the_rule(person: Make, db: Database, firing: str) -> None:
    assert person("olga", "operator").post(f"alerts/incidents/{firing}/escalate", reason="I need help")[0] == 303
    with db.transaction() as connection:
        rows = alert_reads.of(connection, "deliveries", id=firing)
    assert [(row["channel"], row["event"]) for row in rows] == [("sms-security", "escalate")]


def test_what_people_write_is_shown_as_text(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    assert operator.post(f"alerts/incidents/{firing}/comment", text="<script>alert(1)</script>")[0] == 303
    page = look(operator, f"alerts/incidents/{firing}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_actions_are_decided_and_their_artefacts_sandboxed(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    with db.transaction() as connection:
        request(connection, [ActionIntent("k1", firing, "strict-policy", "suggest", {})], time.time(), "gatehouse")
        run = alert_reads.of(connection, "actions", id=firing)[0]["id"]
        connection.execute(
            text(
                "INSERT INTO action_artefacts (run_id, name, content_type, body)"
                " VALUES (:r, 'flame.svg', 'image/svg+xml', :b)"
            ),
            {"r": run, "b": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"},
        )
    page = look(operator, f"alerts/incidents/{firing}")
    assert "Approve" in page
    assert 'sandbox=""' in page
    answer = operator.client.get(f"{PREFIX}alerts/incidents/{firing}/artefacts/{run}/flame.svg")
    assert "sandbox;" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert operator.client.get(f"{PREFIX}alerts/incidents/other/artefacts/{run}/flame.svg").status_code == 404
    assert operator.post(f"alerts/incidents/{firing}/actions/{run}/revert")[0] == 400
    assert operator.post(f"alerts/incidents/{firing}/actions/{run}/refuse", reason="a drill")[0] == 303
    assert operator.post(f"alerts/incidents/{firing}/actions/{run}/approve")[0] == 303
    with db.transaction() as connection:
        assert alert_reads.of(connection, "actions", id=firing)[0]["state"] == "due"
    fire(db, "A2", "A2-1", time.time() - 5)
    assert operator.post(f"alerts/incidents/A2-1/actions/{run}/approve")[0] == 400


def test_a_test_message_is_asked_for_and_its_result_shown(person: Make, db: Database) -> None:
    operator = person("olga", "operator")
    assert operator.post("alerts/channels/nowhere/test")[0] == 404
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO channel_states (channel, kind, configured, missing, fallback)"
                " VALUES ('slack', 'slack', false, 'GATEHOUSE_SLACK_WEBHOOK_URL', 'email-ml')"
            )
        )
    page = look(operator, "alerts?tab=channels")
    assert "missing: GATEHOUSE_SLACK_WEBHOOK_URL" in page
    assert "fallback email-ml" in page
    assert operator.post("alerts/channels/slack/test")[0] == 303
    assert "waiting to be sent" in look(operator, "alerts?tab=channels")
    with db.transaction() as connection:
        connection.execute(
            text("UPDATE outbox SET state = 'dead', attempts = 1, last_error = 'invalid_token', finished_at = now()")
        )
    assert "invalid_token (1 try)" in look(operator, "alerts?tab=channels")
    assert person("ann", "analyst").post("alerts/channels/slack/test")[0] == 403


def test_a_paused_channel_says_until_when_and_why_and_is_resumed(person: Make, db: Database) -> None:
    operator = person("olga", "operator")
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO channel_states (channel, kind, configured, fallback, paused_until, paused_reason) VALUES"
                " ('slack', 'slack', true, 'email-ml', now() + interval '20 minutes', 'it answered 429: slow down'),"
                " ('sms', 'sms', true, '', now() - interval '20 minutes', 'it answered 429: long ago')"
            )
        )
    page = look(operator, "alerts?tab=channels")
    assert "it answered 429: slow down" in page
    assert "long ago" not in page, "a pause that is over is not shown"
    assert page.count("/resume") == 1
    assert person("vic", "viewer").post("alerts/channels/slack/resume")[0] == 403
    assert operator.post("alerts/channels/slack/resume")[0] == 303
    assert operator.post("alerts/channels/slack/resume")[0] == 409
    assert "slow down" not in look(operator, "alerts?tab=channels")
    assert ("olga", "channel.resume", "channel:slack") in audited(db)


def test_what_a_receiver_calls_the_incident_is_a_link_only_to_the_web(person: Make, db: Database, firing: str) -> None:
    with db.transaction() as connection:
        for number, url in (("P1", "https://pagerduty.example/P1"), ("P2", "javascript:alert(1)")):
            connection.execute(
                text(
                    "INSERT INTO incident_links (source, external_id, incident_id, url)"
                    " VALUES ('pagerduty', :n, :i, :u)"
                ),
                {"n": number, "i": firing, "u": url},
            )
    page = look(person("vic", "viewer"), f"alerts/incidents/{firing}")
    assert 'href="https://pagerduty.example/P1"' in page
    assert "javascript:" not in page
    assert "P2" in page


def test_the_kill_switch_wants_a_reason_and_is_seen_everywhere(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    status, page = operator.post("alerts/actions/switch", to="off", reason=" ")
    assert (status, "enter a reason" in page.lower()) == (400, True)
    assert operator.post("alerts/actions/switch", to="off", reason="they act on a false alarm")[0] == 303
    assert "they act on a false alarm" in look(operator, "alerts")
    assert operator.post("alerts/actions/switch", to="on", reason="")[0] == 303
    assert "Automatic actions are off" not in look(operator, "alerts")
    assert person("ann", "analyst").post("alerts/actions/switch", to="off", reason="x")[0] == 403


def test_a_fragment_is_the_moving_part_alone_and_304_when_nothing_moved(person: Make, firing: str) -> None:
    viewer = person("vic", "viewer")
    answer = viewer.client.get(f"{PREFIX}alerts?tab=history&fragment=1")
    assert "<html" not in answer.get_data(as_text=True)
    assert "Fraud rate" in answer.get_data(as_text=True)
    path = f"{PREFIX}alerts?tab=channels&fragment=1"
    tag = viewer.client.get(path).headers["ETag"]
    assert viewer.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_history_is_filtered_paged_and_exported(person: Make, db: Database) -> None:
    now = time.time()
    for index in range(60):
        fire(
            db,
            f"R{index % 2}",
            f"i{index}",
            now - 9000 + index,
            series=str(index),
            resolved=now - 100,
            title=f"=T{index}",
        )
    viewer = person("vic", "viewer")
    page = look(viewer, "alerts?tab=history")
    assert len(rows(page)) == 50
    older = re.search(r'href="([^"]+below[^"]+)"', page)
    assert older
    assert len(rows(look(viewer, html.unescape(older.group(1)).removeprefix(PREFIX)))) == 10
    assert len(rows(look(viewer, "alerts?tab=history&rule=R1"))) == 30
    assert len(rows(look(viewer, "alerts?tab=history&words=T17"))) == 1
    assert "YYYY-MM-DD" in look(viewer, "alerts?tab=history&from=yesterday")
    answer = viewer.client.get(f"{PREFIX}alerts.csv?rule=R1")
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 31
    assert ",'=T" in lines[1]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_silence_is_previewed_made_warned_of_and_ended(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    given = {"rule": "A*", "match": "pattern", "reason": "load test", "owner": "olga", "length": "30m"}
    page = look(operator, "alerts/silences?" + urlencode({"do": "preview", **given}))
    assert "Mutes 1 firing alert" in page
    assert 'value="load test"' in page
    status, page = operator.post("alerts/silences", do="make", **{**given, "reason": ""})
    assert (status, "Is required" in page) == (400, True)
    assert operator.post("alerts/silences", do="make", **given)[0] == 303
    assert "load test" in look(operator, "alerts?tab=silenced")
    assert "No alerts are firing" in look(operator, "alerts")
    with db.transaction() as connection:
        made = silence_store.current(connection, time.time())[0]
        soon = {"at": to_datetime(time.time() + 300), "id": made.id}
        connection.execute(text("UPDATE silences SET ends_at = :at WHERE id = :id"), soon)
    assert "The silence of olga ends in" in look(operator, "alerts/silences")
    assert "A silence of olga ends at" in look(operator, "alerts")
    assert operator.post(f"alerts/silences/{made.id}/end")[0] == 303
    assert operator.post(f"alerts/silences/{made.id}/end")[0] == 409
    assert [row[1] for row in audited(db)] == ["silence.create", "silence.end"]


@pytest.mark.parametrize(("given", "words"), [
    ({"until": "whenever"}, "Is not a time"), ({"until": "2001-01-01T00:00"}, "future"),
    ({"rule": "*A", "match": "pattern"}, "only at the end"), ({"rule": "A*"}, "no rule"), ({"rule": "a1"}, "no rule"),
    ({"series": "a\0b"}, "cannot be stored"),
    ({"severity": "fatal"}, "critical, high"), ({"length": "9y"}, "from the list"),
])  # fmt: skip
def test_a_silence_that_is_wrong_is_refused_by_the_field(person: Make, given: dict[str, str], words: str) -> None:
    status, page = person("olga", "operator").post("alerts/silences", do="make", owner="olga", reason="r", **given)
    assert status == 400
    assert words in page


@pytest.mark.parametrize("name", [
    "*", "a*", "?", "[a]", " a", "a ", "  ", "a\nb", "a\r\nb", "a\rb", "\t", "\u200b", "\u202ea", "\x01", "\x1b[31m",
    "\u2028", '"><b>', "'", "a=b&c", "a,b", "a\\", "%2A", "%", "+", "#", "\u0430", "\U0001f600", "x" * 500, "", "=",
])  # fmt: skip
def test_the_silence_button_mutes_exactly_its_series(person: Make, db: Database, name: str) -> None:
    operator = person("olga", "operator")
    rule(db, "A1", "Fraud rate", "high", FRAUD)
    fire(db, "A1", "A1-1", time.time() - 5, severity="high", series=name, title="Fraud rate")
    fire(db, "A1", "A1-2", time.time() - 5, severity="high", series=name + "!", title="Fraud rate")
    for path in ("alerts/incidents/A1-1", "alerts?tab=rules"):
        links = re.findall(r'href="([^"]*alerts/silences\?[^"]*)', look(operator, path))
        wanted = html.unescape(links[0 if "incidents" in path else _place(db, name)])
        form = operator.client.get(PREFIX + wanted.removeprefix(PREFIX))
        values = {name: value for name, value in fields(form).items() if name in ("rule", "only")}
        status, page = operator.post("alerts/silences", do="make", owner="olga", reason="r", length="30m", **values)
        assert status == 303, page
    with db.transaction() as connection:
        made = silence_store.current(connection, time.time())
    for one in made:
        assert (one.rule, one.series, one.exact_rule, one.exact_series) == ("A1", name, True, True)
    assert len(made) == 2


def _place(db: Database, name: str) -> int:
    with db.transaction() as connection:
        return [state.series for state in alert_reads.states(connection)].index(name)


def test_a_silence_that_matches_nothing_now_asks_before_it_is_made(person: Make, db: Database, firing: str) -> None:
    operator = person("olga", "operator")
    given = {"rule": "A1", "series": "no-such", "reason": "r", "owner": "olga", "length": "30m"}
    assert "It matches no known rule" in look(operator, "alerts/silences?" + urlencode({"do": "preview", **given}))
    status, page = operator.post("alerts/silences", do="make", **given)
    assert (status, "matches no known rule, series or open incident" in page) == (400, True)
    token = json.loads(page)["values"]["confirm"]
    other = {**given, "series": "no-such-2", "confirm": token}
    assert operator.post("alerts/silences", do="make", **other)[0] == 400, "a confirmation counts for what it was about"
    assert operator.post("alerts/silences", do="make", **given, confirm=token)[0] == 303
    assert "no-such" in look(operator, "alerts/silences")


def test_a_viewer_sees_silences_and_makes_none(person: Make, db: Database) -> None:
    viewer = person("vic", "viewer")
    assert "New silence" not in look(viewer, "alerts/silences")
    assert viewer.post("alerts/silences", do="make", owner="vic", reason="r")[0] == 403


def test_the_chart_shows_what_the_rule_saw(person: Make, db: Database, firing: str) -> None:
    import zlib

    import msgspec

    now = time.time()
    with db.transaction() as connection:
        for back in range(60):
            at = now - 10 * back
            record = [at, 5.0, [], {}, {"A1": [["", 3.0 + back / 60, 100, "", False, None]]}, []]
            connection.execute(
                text("INSERT INTO alert_ticks (at, token, readings) VALUES (:at, 1, :r)"),
                {"at": to_datetime(at), "r": zlib.compress(msgspec.msgpack.encode(record))},
            )
    page = look(person("vic", "viewer"), f"alerts/incidents/{firing}")
    figure: Any = json.loads(Shown(page).values("data-figure")[0])
    assert len(figure["data"][0]["x"]) == 60
    assert figure["data"][0]["y"][-1] == 3.0
    assert [shape["y0"] for shape in figure["layout"]["shapes"] if shape.get("xref") == "paper"] == [3.0]


def test_text_from_outside_hides_and_reorders_nothing_on_any_page(person: Make, db: Database) -> None:
    hostile = (
        "\u202egro.live\u202c \u2066x\u2069 \x9b31m \u200b <a href='http://evil.example'>y</a> http://evil.example"
    )
    olga = person("olga", "operator")
    rule(db, "A1", "Fraud rate", "high", FRAUD)
    fire(db, "A1", "A1-1", time.time() - 5, severity="high", series=hostile, title=f"Fraud rate ({hostile})")
    assert olga.post("alerts/incidents/A1-1/comment", text=hostile)[0] == 303
    given = {"rule": "A1", "series": hostile, "owner": "olga", "reason": "r", "length": "30m"}
    assert olga.post("alerts/silences", do="make", **given)[0] == 303
    tabs = [f"alerts?tab={tab}" for tab in ("firing", "silenced", "rules", "history")]
    for path in ("alerts/incidents/A1-1", "alerts/silences", "alerts/runbooks/A1", *tabs):
        page = look(olga, path)
        assert not set("\u202e\u202c\u2066\u2069\x9b\u200b") & set(page), path
        assert "<a href='http://evil" not in page, path
        assert not re.search(r"href=.?http://evil", page), path


def test_a_page_of_an_incident_that_never_was_is_404(app: App, person: Make) -> None:
    assert person("vic", "viewer").client.get(f"{PREFIX}alerts/incidents/none").status_code == 404


def test_without_a_session_a_page_leads_to_the_login_and_back(app: App) -> None:
    answer = app.test_client().get(f"{PREFIX}alerts/incidents/A1-1")
    assert answer.status_code == 303
    assert "next=" in answer.headers["Location"]


def test_the_shelf_of_runbooks_says_what_each_is_about(person: Make) -> None:
    page = look(person("vic", "viewer"), "alerts/runbooks")
    assert "The fraud rate is high" in page
    assert "A channel is failing" in page
    assert "incident-grid" not in page  # nothing stands beside an empty column


def test_a_name_that_says_its_series_is_not_followed_by_it(person: Make, db: Database) -> None:
    rule(db, "A4", "Failed MFA attempts", "critical", FRAUD)
    title = "Failed MFA attempts (platform:kim)"
    fire(db, "A4", "A4-1", time.time() - 60, severity="critical", value=3, limit=3, title=title, series="platform:kim")
    vic = person("vic", "viewer")
    assert "badge border" not in look(vic, "alerts"), "no series beside the title"
    assert f'<h1 class="page-title">{title}<' in look(vic, "alerts/incidents/A4-1")


def test_an_empty_history_says_so_without_blaming_a_filter(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    assert "No incidents yet." in look(vic, "alerts?tab=history")
    assert "Clear a filter" in look(vic, "alerts?tab=history&severity=high")


def test_an_incident_without_a_number_shows_no_dashes_for_it(person: Make, db: Database) -> None:
    fire(
        db, "A4", "A4-2", time.time() - 60, severity="critical", value=None, title="Security incident", kind="security"
    )
    page = look(person("vic", "viewer"), "alerts/incidents/A4-2")
    assert ">Since<" in page
    assert ">Now<" not in page
    assert ">Limit<" not in page


def test_a_rule_that_counts_draws_the_incidents_own_limit() -> None:
    assert limits_of({"parameters": {"attempts": 3}}, 3.0) == [("", 3.0)]
    assert limits_of(FRAUD, 2.0) == [(">", 3.0)]
    assert limits_of({}, None) == []


def test_the_csv_holds_every_incident_of_the_filter(person: Make, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, began_at, opened_at,"
                " correlation_id) SELECT 'B1-' || n, 'B1', n::text, 'alert', 'low', 'open', 't', 's', now(),"
                " now() - (n / 100) * interval '1 second', 'c' FROM generate_series(1, 5321) n"
            )
        )
    answer = person("vic", "viewer").client.get(f"{PREFIX}alerts.csv?rule=B1")
    names = [row["id"] for row in csv.DictReader(io.StringIO(answer.get_data(as_text=True)))]
    assert len(names) == len(set(names)) == 5321
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_storm_of_firing_alerts_comes_in_pages(person: Make, db: Database) -> None:
    now = time.time()
    rule(db, "B1", "Storm", "high", {"kind": "mfa"})
    for number in range(120):
        fire(db, "B1", f"s{number:03}", now - 1000 + number, series=f"account-{number}", title=f"Storm {number}")
    viewer = person("vic", "viewer")
    keys: list[str] = []
    for page in ("1", "2", "3"):
        shown = look(viewer, f"alerts?tab=firing&page={page}")
        keys += [row[0] for row in rows(shown)]
        assert "of 120" in shown
        assert len(gzip.compress(shown.encode())) < 6_000
        spoken = re.search(r">(120 firing[^<]*)<", shown)
        assert spoken
        assert len(spoken[1]) < 200
    assert len(keys) == len(set(keys)) == 120


def test_a_group_and_what_follows_are_listed_and_all_of_a_group_can_be_taken(
    person: Make, db: Database, firing: str
) -> None:
    rule(db, "K1", "Transactions", "high", FRAUD)
    for number in range(3):
        fire(db, "A1", f"A1-g{number}", time.time() - 60, series=f"s{number}", severity="high", title=f"Rate s{number}")
    fire(db, "K1", "K1-1", time.time() - 50, severity="high", title="Too few")
    with db.transaction() as connection:
        connection.execute(text("UPDATE incidents SET group_id = 'A1-1', notified_at = now() WHERE rule = 'A1'"))
        connection.execute(text("UPDATE incidents SET inhibited_by = 'A1-1' WHERE rule = 'K1'"))
    operator = person("olga", "operator")
    page = look(operator, f"alerts/incidents/{firing}")
    assert "Notified together (4)" in page
    assert "Caused by this (1)" in page
    assert "Acknowledge all 4" in page
    assert "No notifications were sent because it is caused by" in look(operator, "alerts/incidents/K1-1")
    listed = look(operator, "alerts?tab=firing")
    assert listed.index("Too few") > listed.index("Caused by another alert") > listed.index("Rate s2")
    assert operator.post(f"alerts/incidents/{firing}/acknowledge-all")[0] == 303
    with db.transaction() as connection:
        found = connection.execute(text("SELECT rule, status, count(*) FROM incidents GROUP BY 1, 2 ORDER BY 1"))
        assert [tuple(row) for row in found] == [("A1", "acknowledged", 4), ("K1", "open", 1)]
    assert audited(db) == [("olga", "incident.acknowledge", f"incident:{firing}")]


def test_the_preview_of_a_silence_counts_everything(person: Make, db: Database) -> None:
    rule(db, "B1", "Storm", "high", {"kind": "mfa"})
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, began_at, opened_at,"
                " resolved_at, correlation_id) SELECT 'B1-' || n, 'B1', n::text, 'alert', 'high', 'resolved', 't', 's',"
                " now() - interval '1 hour', now() - interval '1 hour', now(), 'c' FROM generate_series(1, 1234) n"
            )
        )
    operator = person("olga", "operator")
    page = look(operator, "alerts/silences?do=preview&rule=B1&reason=r&owner=olga&length=30m")
    assert "it would have muted 1234 more" in page
    assert page.count("alerts/incidents/B1-") == 12
    assert "and 1,222 more" in page

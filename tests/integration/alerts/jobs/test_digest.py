"""The weekly digest: what its sections find, once a week by whatever workers, and as channels send it."""

import argparse
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from alerts import checks
from alerts.digest import build, preview, schedule
from alerts.digest import model as digest
from alerts.evaluate import ruleset
from alerts.jobs.digest import KIND
from alerts.notify import message_format
from alerts.notify.channels import email, slack
from alerts.worker import jobs
from collector import endpoint_rollup
from core import settings as core_settings
from core.alerting.notification import Notice
from core.db.engine import Database
from core.errors import ConfigError
from core.events.types import Event
from core.performance_config import DigestConfig
from core.pipeline.writer import Writer
from core.settings import Settings
from core.stores import Stores
from core.web.endpoint_recorder import EndpointRecorder
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord
from tests import alerting
from tests import endpoint_world as world
from tests.integration.alerts.making import RULES

DAY = 86_400.0
HOSTILE = "/x<!channel>/*b*/\u202e"
Row = tuple[str, int, float, int]  # route, hits, seconds, errors


@pytest.fixture
def known(configure: Callable[[str], Settings], tmp_path: Any) -> Settings:
    folder = tmp_path / "config"
    text = (folder / "performance.toml").read_text()
    assert "receivers = []" in text
    (folder / "performance.toml").write_text(text.replace("receivers = []", 'receivers = ["log", "log", "slack"]'))
    return configure(RULES)


def served(at: float, version: str, rows: list[Row]) -> list[Event]:
    """What an application reports of a day."""
    told: list[Event] = []
    recorder = EndpointRecorder("shop", version, told.extend, Metrics())
    for route, hits, seconds, errors in rows:
        recorder([
            RequestRecord(at, seconds, "view", "GET", 500 if n < errors else 200, "192.0.2.1", route, 1, None)
            for n in range(hits)
        ])  # fmt: skip
    recorder.flush()
    return told


def fill(db: Database, end: float) -> None:
    """Five weeks, a day each: the last one slower, with more errors, a silent endpoint, a new one and a new version."""
    writer = Writer(db, 0.7)
    for week in range(1, 5):
        rows = [("/pay", 400, 0.1, 1), ("/cart", 300, 0.2, 0), ("/old", 200, 0.01, 0)]
        writer.store(served(end - 7 * DAY * week - DAY / 2, "v1", rows), end)
    rows = [("/pay", 400, 0.4, 40), ("/cart", 300, 0.1, 0), (HOSTILE, 150, 0.01, 0)]
    writer.store(served(end - DAY / 2, "v2", rows), end)
    while endpoint_rollup.run(db, end + DAY):
        pass


def lines(found: digest.Digest) -> dict[str, list[str]]:
    return {section.title: [f"{one.name}: {one.text}" for one in section.lines] for section in found.sections}


def test_sections_say_what_changed(db: Database) -> None:
    end = build.last_midnight(time.time())
    fill(db, end)
    alerting.rule(db, "A1", "Fraud rate", "high", {"kind": "window"})
    alerting.fire(db, "A1", "A1-1", end - DAY, severity="high")
    alerting.fire(db, "A1", "A1-2", end - 2 * DAY, severity="high", resolved=end - 2 * DAY + 600)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO deploys (at, service, version, before, source)"
            " VALUES (to_timestamp(%s), 'shop', 'v2', 'v1', 'seen') RETURNING id)"
            " INSERT INTO deploy_endpoints (deploy_id, route, method, durations, errors, hits_before, hits_after,"
            " errors_before, errors_after, p95_before, p95_after, ratio, p_durations, p_errors)"
            " SELECT id, r, 'GET', d, e, 400, 400, 1, 40, 0.1, 0.4, 4, 0, 0 FROM made,"
            " (VALUES ('/pay', 'slower', 'more errors'), ('/cart', 'faster', 'no change')) v (r, d, e)", (end - DAY,),
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO exception_groups (service, fingerprint, type, culprit, message, first_seen, last_seen,"
            " first_version, last_version, created_at, occurrences, state, reopened_at)"
            " SELECT 'shop', f, 'KeyError', 'pay', 'no card', to_timestamp(%(at)s) - a * interval '1 day', now(), 'v2',"
            " 'v2', now(), n, s, to_timestamp(%(at)s) - b * interval '1 day'"
            " FROM (VALUES ('a', 1, 50, 'open', NULL::int), ('b', 1, 99, 'ignored', NULL),"
            " ('c', 30, 7, 'open', 2), ('d', 30, 9, 'open', NULL)) v (f, a, n, s, b)", {"at": end},
        )  # fmt: skip
    found = build.build(db, end, core_settings.load({}))
    said = lines(found)
    assert said["New exceptions"] == [
        "shop KeyError in pay: new, 50 times, since v2: no card",
        "shop KeyError in pay: came back, 7 times, since v2: no card",
    ]
    (regression,) = said["Regressions after deploys"]
    assert "shop GET /pay: since v2 of " in regression
    assert regression.endswith("4 times as long, p95 100 ms → 400 ms; 40 errors of 400, before 1 of 400")
    assert found.last == f"{datetime.fromtimestamp(end - 1, ZoneInfo('UTC')):%Y-%m-%d}"
    assert said["Trends by service"] == ["shop: 850 requests ▼ 6 %, errors 4.7 % (before 0.11 %), p95 398 ms ▲ 100 %"]
    slower, faster = said["Slower and faster endpoints"]
    assert (slower[:19], "▲ 4 times" in slower) == ("shop GET /pay: p95 ", True)
    assert (faster[:19], "▼ 50 %" in faster) == ("shop GET /cart: p95", True)
    assert said["Endpoints with more errors"] == ["shop GET /pay: 40 errors, 10 % (before 0.25 %)"]
    assert said["New versions"][0].startswith("shop: v2 since")
    assert said["Unusual traffic"] == [
        "shop GET /old: no requests, usually 200 a week",
        f"shop GET {HOSTILE}: 150 requests, none in the weeks before",
    ]
    assert said["Incidents"][0] == "All rules: 2 incidents (before 0)"
    assert "1 not resolved" in said["Incidents"][1]


def test_it_is_sent_once_a_week_by_whatever_workers(known: Settings, stores: Stores, db: Database) -> None:
    config = known.config.performance.digest
    zone = ZoneInfo("UTC")
    monday = datetime.now(zone).replace(hour=8, minute=0, second=30, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    now = monday.timestamp()
    assert not schedule.ask(db, DigestConfig(), now), "off unless it has a receiver"
    asked = [schedule.ask(db, config, now + later) for later in (-3600, 0, 0, 3600, 30 * 3600, 5 * DAY)]
    assert asked == [False, True, False, False, False, False]
    workers = [jobs(known, stores, ruleset.load(known)) for _ in range(2)]
    assert [worker.step(KIND.name, time.time()) for worker in workers] == [True, False]
    assert schedule.ask(db, config, now + 7200) is False, "after a restart too"
    rows = world.asked(db, "SELECT key, channel, event FROM outbox ORDER BY channel")
    assert [(channel, event) for _, channel, event in rows] == [("log", "notice"), ("slack", "notice")]
    assert schedule.ask(db, config, now + 7 * DAY)
    ((state, message),) = world.asked(db, "SELECT state, message FROM jobs WHERE state <> 'queued'")
    assert (state, "log, slack" in message) == ("done", True)


def test_its_hour_is_that_of_its_zone(db: Database) -> None:
    config = DigestConfig(weekday="wednesday", hour=7, zone="Asia/Kolkata", receivers=["log"])
    due = datetime(2026, 3, 4, 7, 0, tzinfo=ZoneInfo("Asia/Kolkata")).timestamp()
    assert not schedule.ask(db, config, due - 60)
    assert schedule.ask(db, config, due + 60)


def test_a_section_that_fails_keeps_no_other_from_being_sent(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from alerts.digest.sections import versions

    def broken(connection: Any, week: Any) -> list[digest.Line]:
        connection.exec_driver_sql("SELECT * FROM no_such_table")
        return []

    monkeypatch.setattr(versions, "lines", broken)
    end = build.last_midnight(time.time())
    fill(db, end)
    said = lines(build.build(db, end, core_settings.load({})))
    assert "could not be read" in said["New versions"][0]
    assert "Unusual traffic" in said


def test_channels_show_its_sections_and_nothing_acts(db: Database) -> None:
    end = build.last_midnight(time.time())
    fill(db, end)
    made = build.notice(
        build.build(db, end, core_settings.load({})), end, "https://console.example.org/performance?range=7d"
    )
    sent = msgspec.json.decode(msgspec.json.encode(made), type=Notice)  # through the outbox
    notice = message_format.harmless(sent)
    mail = email.message(notice, "a@example.org", "b@example.org")
    assert mail["Subject"].startswith("Weekly digest, ")
    plain, page = (part.get_content() for part in mail.iter_parts())
    blocks = msgspec.json.encode(slack.message(notice)).decode()
    for said in (plain, page, blocks):
        assert "/cart" in said
        assert "usually 200 a week" in said
        assert "\u202e" not in said
    assert "ENDPOINTS WITH MORE ERRORS" in plain
    assert "<h2" in page
    assert "<!channel>" not in page
    assert "<!channel>" not in blocks
    assert 'href="https://console.example.org/performance?range=7d"' in page
    assert all(len(block["text"]["text"]) <= 3000 for block in slack.message(notice)["blocks"] if "text" in block)


def test_an_empty_week_is_a_digest_too(db: Database) -> None:
    end = build.last_midnight(time.time())
    found = build.build(db, end, core_settings.load({}))
    assert found.sections == []
    assert "Nothing to report" in message_format.text(build.notice(found, end, ""))


def test_sections_are_bounded() -> None:
    made = digest.bounded("x", [digest.Line("n" * 9999, "t" * 9999)] * 500)
    assert (len(made.lines), made.more) == (digest.MOST_LINES, 490)
    assert len(made.lines[0].name) == digest.LONGEST


def shown(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    preview.arguments(parser)
    return parser.parse_args(flags)


def test_a_preview_prints_it(known: Settings, db: Database) -> None:
    fill(db, build.last_midnight(time.time()))
    said: list[str] = []
    assert [preview.run(shown(*flags), known, said.append) for flags in ((), ("--html",))] == [0, 0]
    assert "UNUSUAL TRAFFIC" in said[0]
    assert said[1].startswith("<!doctype html>")
    assert world.asked(db, "SELECT count(*) FROM outbox") == [(0,)]


def test_a_receiver_that_there_is_not_is_named(configure: Callable[[str], Settings], tmp_path: Any) -> None:
    path = tmp_path / "config" / "performance.toml"
    path.write_text(path.read_text().replace("receivers = []", 'receivers = ["nobody"]'))
    with pytest.raises(ConfigError, match="there is no channel 'nobody'"):
        checks.check_receivers(configure(RULES))


def test_it_is_sent_by_hand_to_its_receivers_and_refused_without_any(known: Settings, db: Database) -> None:
    said: list[str] = []
    assert preview.run(shown("--send"), known, said.append) == 0
    assert preview.run(shown("--send"), known, said.append) == 0, "and again a second later"
    assert "queued for log, slack" in said[0]
    rows = world.asked(db, "SELECT channel, count(*)::int FROM outbox GROUP BY 1 ORDER BY 1")
    assert [channel for channel, _ in rows] == ["log", "slack"]
    with pytest.raises(ConfigError, match=r"\[daily\] of reports.toml has no receivers"):
        preview.run(shown("--report", "daily", "--send"), known, said.append)


def test_a_receiver_of_a_report_that_there_is_not_is_named(configure: Callable[[str], Settings], tmp_path: Any) -> None:
    path = tmp_path / "config" / "reports.toml"
    path.write_text('[daily]\nreceivers = ["nobody"]\n')
    with pytest.raises(ConfigError, match=r"reports.toml: \[daily\] receivers: there is no channel 'nobody'"):
        checks.check_receivers(configure(RULES))

"""The report on scoring by e-mail: its numbers are those of the pages, and mail readers get its pictures."""

import argparse
import email
import re
import time
from collections.abc import Callable
from email import policy
from pathlib import Path

import msgspec

from alerts.digest import build, preview, schedule
from alerts.digest import model as digest
from alerts.digest.reports import DAILY, DAY, WEEKLY
from alerts.notify import message_format
from alerts.notify.channels import email as mail_channel
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.db.engine import Database
from core.reports_config import DailyConfig
from core.settings import Settings
from tests import analytics_world as world
from tests import quality_world
from tests.integration.console.conftest import Person
from tests.integration.console.pages.test_analytics import page

Make = Callable[[str, str], Person]
PNG = b"\x89PNG\r\n\x1a\n"


def fill(db: Database) -> float:
    """Two days; the end of the last whole one."""
    end = build.last_midnight(time.time())
    version = quality_world.model(db)
    world.store(db, quality_world.predictions(version, 300, end - DAY, end), end)
    world.store(db, quality_world.predictions(version, 150, end - 2 * DAY, end - DAY, seed=2), end)
    world.settle(db, end)
    return end


def sent(db: Database, end: float, settings: Settings) -> Notice:
    """As a channel gets it from the outbox."""
    made = build.notice(build.build(db, end, settings, DAILY), end, DAILY.link("https://c.example", end))
    return message_format.harmless(msgspec.json.decode(msgspec.json.encode(made), type=Notice))


def line(found: digest.Digest, name: str) -> str:
    return next(one.text for section in found.sections for one in section.lines if one.name == name)


def test_its_numbers_are_those_of_the_pages(person: Make, db: Database, settings: Settings) -> None:
    end = fill(db)
    notice = sent(db, end, settings)
    found = digest.of(notice)
    assert found is not None
    query = notice.link.partition("?")[2]
    vic = person("vic", "viewer")
    quality = page(vic, f"analytics/quality?{query}").text
    overview = page(vic, f"analytics/overview?{query}").text
    decided = line(found, "Decided").split()[0]
    assert decided in overview
    missing, before = re.findall(r"[\d.]+", line(found, "Missing values"))
    assert f"{missing} %" in quality
    assert f"{before} % the period before" in quality
    for name in ("amount", "payment"):
        for share in re.findall(r"(?:type|range|word) ([\d.]+)", line(found, name)):
            assert f"{share} %" in quality, (name, share)


def test_a_mail_reader_gets_text_html_and_pictures(db: Database, settings: Settings) -> None:
    notice = sent(db, fill(db), settings)
    raw = mail_channel.message(notice, "a@example.org", "b@example.org").as_bytes()
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"].startswith("Daily scoring report, ")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "DECISIONS" in text
    assert "Analytics: https://c.example/analytics/overview?from=" in text
    wanted = re.findall(r'src="cid:([^"]+)"', html)
    pictures = {part["Content-ID"].strip("<>"): part.get_content() for part in mail.walk() if part["Content-ID"]}
    assert len(wanted) >= 3
    assert set(wanted) == set(pictures)
    assert all(body.startswith(PNG) and len(body) < 100_000 for body in pictures.values())
    assert "http" not in html.replace("https://c.example", "")


def test_a_chart_that_cannot_be_drawn_keeps_no_mail_back(db: Database, settings: Settings) -> None:
    broken = digest.Chart("x", "bars", ["a"], [digest.Series("s", "ok", [1.0, 2.0])])
    found = digest.Digest("2026-01-01", "2026-01-01", [digest.Section("S", [digest.Line("n", "t")], charts=[broken])])
    made = build.notice(msgspec.structs.replace(found, report="daily", name=DAILY.title), 0.0, "")
    mail = mail_channel.message(made, "a@example.org", "b@example.org")
    assert "<td" in mail.as_string()
    assert not [part for part in mail.walk() if part["Content-ID"]]


def test_it_is_due_once_a_day_and_once_a_week(db: Database) -> None:
    config = DailyConfig(hour=7, receivers=["log"])
    seven = build.last_midnight(time.time()) + 7 * 3600
    asked = [schedule.ask(db, config, seven + later, DAILY) for later in (-60, 0, 60, 3600, DAY - 60, DAY)]
    assert asked == [False, True, False, False, False, True]
    assert not schedule.ask(db, DailyConfig(), seven, DAILY), "off unless it has a receiver"
    ((payload,),) = world.ask(db, "SELECT DISTINCT payload->>'report' FROM jobs")
    assert schedule.report_of({"report": payload}) is DAILY
    assert schedule.report_of({"due": 1.0}).name == "performance", "a job of an older release"
    assert WEEKLY.link("x", 7 * DAY) == "x/analytics/overview?from=1970-01-01&to=1970-01-08"


def test_a_command_prints_writes_and_sends_it(db: Database, settings: Settings, tmp_path: Path) -> None:
    fill(db)
    known = msgspec.structs.replace(settings) if isinstance(settings, msgspec.Struct) else settings
    said: list[str] = []
    parser = argparse.ArgumentParser()
    preview.arguments(parser)
    for flags in ([], ["--html"], ["--eml", str(tmp_path / "report.eml")]):
        assert preview.run(parser.parse_args(["--report", "daily", *flags]), known, said.append) == 0
    assert "DATA QUALITY" in said[0]
    assert 'src="data:image/png;base64,' in said[1]
    assert PNG[1:4] not in (tmp_path / "report.eml").read_bytes()
    assert b"image/png" in (tmp_path / "report.eml").read_bytes()
    assert world.ask(db, "SELECT count(*) FROM outbox") == [(0,)]
    day = to_datetime(build.last_midnight(time.time()) - DAY)
    assert f"{day:%Y-%m-%d}" in said[0]

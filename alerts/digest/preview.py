"""Prints a digest as it would be sent now, writes it as a mail, or sends it to its receivers."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from alerts.digest import build, mail
from alerts.digest import model as digest
from alerts.digest.reports import PERFORMANCE, REPORTS, Report
from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import console_url
from alerts.notify import message_format
from alerts.notify.channels import email
from core import clock
from core.alerting import outbox
from core.alerting.notification import Notice
from core.alerting.outbox import Intent
from core.errors import ConfigError
from core.settings import Settings
from core.stores import Stores, assemble

HERE = "gatehouse@localhost"


def arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("--report", choices=list(REPORTS), default=PERFORMANCE.name, help="which one")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--html", action="store_true", help="as the e-mail's HTML, with its pictures in the page")
    chosen.add_argument("--eml", metavar="FILE", type=Path, help="write the whole e-mail, for a mail reader")
    chosen.add_argument("--send", action="store_true", help="send it now to the receivers that it has in config/")


def run(asked: Namespace, known: Settings, say: Callable[[str], object]) -> int:
    """The exit code. Raises DatabaseUnavailable, and ConfigError where it is to be sent and has no receivers."""
    report = REPORTS[asked.report]
    stores = assemble(known)
    try:
        now = clock.now()
        made = _notice(stores, known, report, now)
        if asked.send:
            return _send(stores, known, report, made, say)
        notice = message_format.harmless(made)
        if asked.eml:
            asked.eml.write_bytes(email.message(notice, HERE, HERE).as_bytes())
            say(f"{asked.eml} written")
        elif asked.html:
            shown = digest.of(notice)
            assert shown is not None  # it was made above  # nosec B101
            say(mail.html(notice, shown, mail.drawn(shown, "localhost"), mail.within))
        else:
            say(message_format.text(notice))
    finally:
        stores.close()
    return 0


def _notice(stores: Stores, known: Settings, report: Report, now: float) -> Notice:
    end = build.last_midnight(now)
    link = report.link(console_url(known, ruleset.load(known)), end)
    return build.notice(build.build(stores.database, end, known, report), now, link, f"-{now:.0f}")


def _send(stores: Stores, known: Settings, report: Report, notice: Notice, say: Callable[[str], object]) -> int:
    receivers = list(dict.fromkeys(report.schedule(known).receivers))
    if not receivers:
        where = "[digest] of performance.toml" if report is PERFORMANCE else f"[{report.name}] of reports.toml"
        raise ConfigError([f"{where} has no receivers"])
    with stores.database.transaction() as connection:
        outbox.enqueue(connection, [Intent(outbox.key(notice, name), name, notice, False) for name in receivers])
    say(f"{notice.title}: queued for {', '.join(receivers)}; the alert worker sends it")
    return 0

"""The job that writes a digest into the outbox, for each receiver, in the transaction that ends it."""

from alerts.digest import build, schedule
from alerts.evaluate.evaluator import console_url
from alerts.jobs._hands import JobContext
from core import clock
from core.alerting import outbox
from core.alerting.outbox import Intent
from core.db.engine import Connection
from core.db.jobs.runner import Done, Work

KIND = schedule.KIND


def run(hands: JobContext, work: Work) -> Done:
    """The whole days before the day on which it was due."""
    report = schedule.report_of(work.job.payload)
    end = build.last_midnight(float(work.job.payload["due"]))
    digest = build.build(hands.stores.database, end, hands.settings, report)
    work.tell(0.9, "put together")
    link = report.link(console_url(hands.settings, hands.rules), end)
    notice = build.notice(digest, clock.now(), link)
    receivers = list(dict.fromkeys(report.schedule(hands.settings).receivers))

    def write(connection: Connection) -> None:
        outbox.enqueue(connection, [Intent(outbox.key(notice, name), name, notice, False) for name in receivers])

    return Done(f"{digest.first} to {digest.last} for {', '.join(receivers) or 'nobody'}", write)

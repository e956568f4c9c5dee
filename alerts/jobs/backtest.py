"""The job of a backtest that somebody asked for on the page."""

import msgspec

from alerts.backtest.run import run as run_backtest
from alerts.backtest.spec import decode
from alerts.jobs._hands import JobContext
from core import clock, log
from core.alerting import backtests
from core.db.jobs.runner import Done, Failed, Work

KIND = backtests.JOB


def run(hands: JobContext, work: Work) -> Done:
    """Run one backtest. Raises BadInput for what cannot be tested."""
    database = hands.stores.database
    with database.transaction() as connection:
        asked = backtests.of_job(connection, work.job.id)
    try:
        found = run_backtest(hands.settings, database, hands.rules, decode(asked.spec), clock.now())
    except (ValueError, ArithmeticError, MemoryError) as error:
        log.get("backtest").exception("a backtest failed", number=asked.id)
        raise Failed(f"it failed: {error}") from error
    result = msgspec.to_builtins(found)
    return Done(write=lambda connection: backtests.answer(connection, asked.id, result))

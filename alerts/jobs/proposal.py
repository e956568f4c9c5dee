"""The job that searches for a quieter setting of a rule over the last month."""

import msgspec

from alerts.backtest import proposal
from alerts.backtest.run import LONGEST
from alerts.backtest.run import run as run_backtest
from alerts.backtest.spec import BacktestResult, Spec, Variant
from alerts.jobs._hands import JobContext
from core import clock, log
from core.alerting import judgements, proposals
from core.db.jobs.runner import Done, Failed, Work
from core.errors import BadInput

KIND = proposals.JOB
TOGETHER = 3  # variants beside the one as configured, in one backtest


def run(hands: JobContext, work: Work) -> Done:
    """Search. Raises BadInput for a rule that there is not, or that cannot be tested."""
    database, now = hands.stores.database, clock.now()
    with database.transaction() as connection:
        name = proposals.rule_of(connection, work.job.id)
        told = judgements.told(connection, now - LONGEST, now, name)
    rule = hands.rules.by_id().get(name)
    if rule is None:
        raise BadInput("$.rule", f"there is no rule {name!r} any more")
    base: BacktestResult | None = None
    tried: list[BacktestResult] = []
    try:
        for variants in proposal.batches(proposal.settings_of(rule), TOGETHER):
            spec = Spec(name, now - LONGEST, now, [Variant(), *variants])
            found = run_backtest(hands.settings, database, hands.rules, spec, now)
            base, tried = found.variants[0], tried + found.variants[1:]
    except (ValueError, ArithmeticError, MemoryError) as error:
        log.get("proposal").exception("a search for a quieter setting failed", rule=name)
        raise Failed(f"it failed: {error}") from error
    if base is None:
        raise BadInput("$.rule", "this rule has nothing to try")
    result = msgspec.to_builtins(proposal.choose(rule, base, tried, told, now - LONGEST, now))
    return Done(write=lambda connection: proposals.answer(connection, work.job.id, result))

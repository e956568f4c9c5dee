"""The job that searches for a quieter setting of a rule over the last three months."""

import msgspec

from alerts.backtest.proposal import Search
from alerts.backtest.run import stored
from alerts.backtest.track import Track
from alerts.jobs._hands import JobContext
from core import clock, log
from core.alerting import judgements, proposals
from core.db.jobs.runner import Done, Failed, Work
from core.errors import BadInput

KIND = proposals.JOB
SPAN = 92 * 86_400.0


def run(hands: JobContext, work: Work) -> Done:
    """Search. Raises BadInput for a rule that there is not, or that cannot be tested."""
    database, now = hands.stores.database, clock.now()
    span = (now - SPAN, now)
    with database.transaction() as connection:
        name = proposals.rule_of(connection, work.job.id)
        told = judgements.told(connection, *span, name)
    rule = hands.rules.by_id().get(name)
    if rule is None:
        raise BadInput("$.rule", f"there is no rule {name!r} any more")
    try:
        source = stored(hands.settings, database, hands.rules, [rule], span, now, SPAN)
        [(step, ticks)] = source.streams(rule)
        search = Search(rule, hands.rules.settings, Track.of(ticks, step), hands.settings.config.windows, told)
        result = msgspec.to_builtins(search.best())
    except (ValueError, ArithmeticError, MemoryError) as error:
        log.get("proposal").exception("a search for a quieter setting failed", rule=name)
        raise Failed(f"it failed: {error}") from error
    return Done(write=lambda connection: proposals.answer(connection, work.job.id, result))

"""The short brief of incidents for their first message. A message never waits or fails for it: without it, it goes."""

from collections.abc import Mapping, Sequence

from core import log
from core.alerting import alert_reads
from core.alerting.brief import read, sentences
from core.alerting.incident import Incident
from core.config import Calendar
from core.db.engine import Connection

MOST = 3  # incidents of one evaluation: in a storm the first are enough
MILLISECONDS = 1000  # for each of its statements
LABELS: Mapping[sentences.About, str] = {"where": "Found", "change": "Changed", "earlier": "Last time"}
_log = log.get(__name__)


def short(
    connection: Connection, incidents: Sequence[Incident], windows: Mapping[str, Calendar], now: float
) -> dict[str, list[tuple[str, str]]]:
    """Pairs of a label and a sentence for each incident by its id, in savepoints of their own."""
    if not incidents:
        return {}
    definitions = {rule.id: rule.definition for rule in alert_reads.rules(connection)}
    found = {}
    for one in incidents[:MOST]:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {MILLISECONDS}")
                facts = read.facts(connection, one, definitions.get(one.rule, {}), windows, now)
                connection.exec_driver_sql("SET LOCAL statement_timeout TO DEFAULT")
        except Exception as error:
            if connection.invalidated or connection.closed or getattr(error, "connection_invalidated", False):
                raise
            reason = f"{type(error).__name__}: {error}"[:300]
            _log.error("the brief of an incident could not be made", incident=one.id, reason=reason)
            continue
        found[one.id] = [(LABELS[sentence.about], sentence.text) for sentence in sentences.short(facts)]
    return found

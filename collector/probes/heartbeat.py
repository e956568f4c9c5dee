"""Kind `heartbeat`: the service itself reports; silence is judged by its age against the baseline (in ms)."""

from collector.probe_result import Finding, Tools
from core.config import ServiceConfig
from core.db.queries import sql
from core.errors import DatabaseUnavailable

DEAD_AFTER = 5


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP with the age of the last heartbeat as latency; SLOW or DOWN at its own word.

    DOWN after five baselines of silence, too.
    """
    try:
        with tools.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.heartbeat"), (service.name,))
            row = cursor.fetchone()
    except DatabaseUnavailable as error:
        return Finding(False, None, f"the last heartbeat is not known: {error}")
    if row is None:
        return Finding(False, None, "no heartbeat has ever arrived")
    last, status, detail = row
    age = max(0.0, (tools.now - last) * 1000)
    if status == "DOWN" or age > service.baseline_ms * DEAD_AFTER:
        return Finding(False, age, detail or f"last heartbeat {age / 1000:.0f} s ago")
    return Finding(True, age, detail or f"last heartbeat {age / 1000:.0f} s ago", slow=status == "SLOW")

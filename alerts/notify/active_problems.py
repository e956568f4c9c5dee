"""Which incident stands for a rule and series, for whoever opens incidents without being the evaluator."""

from core.db.engine import Connection
from core.db.queries import query


def standing(connection: Connection, rule: str, series: str) -> str | None:
    """The id of the unresolved incident of kind `error`, if there is one. Raises DatabaseUnavailable."""
    found = connection.execute(query("delivery.standing"), {"rule": rule, "series": series}).scalar()
    return None if found is None else str(found)


def all_standing(connection: Connection, rule: str) -> frozenset[str]:
    """The series of the unresolved incidents of kind `error`. Raises DatabaseUnavailable."""
    return frozenset(connection.execute(query("delivery.all_standing"), {"rule": rule}).scalars())


def hold(connection: Connection) -> None:
    """Nobody else opens an incident about alerting itself until the transaction ends. Raises DatabaseUnavailable."""
    connection.execute(query("delivery.hold_faults"))

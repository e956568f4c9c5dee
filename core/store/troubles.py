"""Which incident stands for a rule and series, for whoever opens incidents without being the evaluator."""

from sqlalchemy import Connection

from core.store.queries import query


def standing(connection: Connection, rule: str, series: str) -> str | None:
    """The id of the unresolved incident of kind `error`, if there is one. Raises DatabaseAway."""
    found = connection.execute(query("delivery.standing"), {"rule": rule, "series": series}).scalar()
    return None if found is None else str(found)

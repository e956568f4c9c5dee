"""What an evaluation's changes come to in its transaction: incidents first, then who is told.

Should writing fail, it is done rule by rule, each in a savepoint; a rule that cannot be written is a fault of alerting.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from alerts.evaluate import incidents
from alerts.evaluate.evaluation import SeriesChange
from alerts.evaluate.faults import Faults
from alerts.evaluate.incidents import Opened
from alerts.notify import notifications
from alerts.notify.notifications import NotificationContext
from core import log
from core.alerting import incident_groups
from core.audit.chain import Audit
from core.db.engine import Connection

T = TypeVar("T")


def write(
    connection: Connection,
    audit: Audit,
    faults: Faults,
    changes: list[SeriesChange],
    around: NotificationContext,
    now: float,
) -> tuple[list[Opened], list[SeriesChange]]:
    """Write what the changes mean and tell people; the opened incidents, and the changes as they came out.

    A rule that cannot be written keeps its states, so that the next evaluation comes to the same and tries again, and
    the others go on. One that cannot be told has its incidents, which the next evaluation tells of.
    """
    incident_groups.lock_open(connection)

    def all_at_once() -> list[Opened]:
        opened, records = incidents.write(connection, changes, around.console_url, now)
        notifications.tell(connection, changes, _ids(opened), around, now)
        incidents.keep(connection, audit, records)
        for name in faults.known():
            if name.startswith("rule "):
                faults.over(connection, name, now)
        return opened

    opened, _ = _try(connection, all_at_once)
    if opened is not None:
        return opened, changes
    return _rule_by_rule(connection, audit, faults, changes, around, now)


def _rule_by_rule(
    connection: Connection,
    audit: Audit,
    faults: Faults,
    changes: list[SeriesChange],
    around: NotificationContext,
    now: float,
) -> tuple[list[Opened], list[SeriesChange]]:
    """All rules are written before any is told: what one follows from may be another's, if that could be written."""
    wrong: dict[str, str] = {}
    opened: list[Opened] = []
    done: list[SeriesChange] = []
    for rule in dict.fromkeys(change.key[0] for change in changes):
        mine = [change for change in changes if change.key[0] == rule]
        found, error = _try(connection, _writing(connection, audit, mine, around, now), rule)
        if found is None:
            wrong[rule] = f"its result could not be stored: {error}"
            mine = [change._replace(after=change.before, transitions=[]) for change in mine]
        opened += found or []
        done += mine
    for rule in dict.fromkeys(change.key[0] for change in changes):
        told, error = _try(connection, _telling(connection, done, _ids(opened), around, now, rule), rule)
        if told is None and rule not in wrong:
            wrong[rule] = f"its notifications could not be sent: {error}"
        if rule in wrong:
            faults.open(connection, f"rule {rule}", wrong[rule], now)
        else:
            faults.over(connection, f"rule {rule}", now)
    return opened, done


def _writing(
    connection: Connection, audit: Audit, mine: list[SeriesChange], around: NotificationContext, now: float
) -> Callable[[], list[Opened]]:
    def write() -> list[Opened]:
        opened, records = incidents.write(connection, mine, around.console_url, now)
        incidents.keep(connection, audit, records)
        return opened

    return write


def _telling(
    connection: Connection,
    changes: list[SeriesChange],
    fresh: frozenset[str],
    around: NotificationContext,
    now: float,
    rule: str,
) -> Callable[[], bool]:
    def tell() -> bool:
        notifications.tell(connection, changes, fresh, around, now, rule)
        return True

    return tell


def _ids(opened: Iterable[Opened]) -> frozenset[str]:
    return frozenset(one.opening.id for one in opened)


def _try(connection: Connection, do: Callable[[], T], rule: str = "") -> tuple[T | None, Exception | None]:
    """Do it in a savepoint; None and why when it failed. Raises what ends the connection."""
    try:
        with connection.begin_nested():
            return do(), None
    except Exception as error:
        if connection.invalidated or connection.closed or getattr(error, "connection_invalidated", False):
            raise
        said = f"{error.__class__.__name__}: {error}"[:300]
        log.get("evaluate").error("results could not be stored or announced", rule=rule or "all", reason=said)
        return None, error

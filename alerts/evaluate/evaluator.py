"""The duty `evaluate`: one worker at a time reads, judges and commits; the others stand by (A9).

An evaluation is one transaction that begins by locking the lease: state, incident, timeline, message, action and the
record of what was seen are written together or not at all, and never by a worker whose lease is over.
"""

import time
from collections.abc import Callable

import msgspec

from alerts import failpoint
from alerts.evaluate import alert_states, outcome, sanitize, tick_log
from alerts.evaluate import incidents as following
from alerts.evaluate.alert_states import RuleRow, StateRow
from alerts.evaluate.context import RuleContext, RuleMemory
from alerts.evaluate.evaluation import Key, SeriesChange, TickInput, evaluate, gather, is_judged
from alerts.evaluate.faults import Faults
from alerts.evaluate.incidents import Opened
from alerts.evaluate.machine import State
from alerts.evaluate.rule import Reading
from alerts.evaluate.ruleset import Rule, Rules
from alerts.notify.notifications import NotificationContext
from core import log
from core.alerting import incidents, judgements, silence_store
from core.db import leases
from core.db.engine import Connection
from core.db.leases import Lease, LeaseLost
from core.settings import Settings
from core.stores import Stores

DUTY = "evaluate"
WHOLE_SECONDS = 600.0  # how often a record carries all states
AGAIN_SECONDS = 3600.0  # whose openings a new holder tells of again: the last one may have died before it did
SHOWN_SECONDS = 15.0  # how old the shown value of a quiet series may be
BEFORE_COMMIT = "alerts.before_commit"
AFTER_COMMIT = "alerts.after_commit"


class Evaluator:
    """`step(now)` evaluates once if this worker is the leader. Raises DatabaseUnavailable; nothing is then written.

    `opened` is told of incidents after they were committed, at least once; `after` does the chores, and is told whether
    anything was evaluated; `holder` names this life of this worker.
    """

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        rules: Rules,
        holder: str,
        opened: Callable[[list[Opened]], None] = lambda _: None,
        after: Callable[[Lease, float, bool], None] = lambda _lease, _now, _judged: None,
    ) -> None:
        self._settings, self._stores, self._rules, self._holder = settings, stores, rules, holder
        self._opened, self._after = opened, after
        self.faults = Faults(stores.audit, rules, console_url(settings, rules))
        self.judged: float | None = None  # monotonic seconds
        self._kept = 0.0
        self._memory = RuleMemory()
        self._lease: Lease | None = None
        self._next_whole = 0.0
        self.last_at: float | None = None
        self.span = max((int(_span(rule)) for rule in rules.rules), default=0)

    @property
    def has_duty(self) -> bool:
        """True while this worker evaluates."""
        return self._lease is not None

    def step(self, now: float) -> bool:
        """Evaluate once; False while another worker has the duty."""
        held = self._lease
        try:
            lease = leases.take(self._stores.database, DUTY, self._holder, self._rules.settings.lease)
        except BaseException:
            self._lease = None
            raise
        self._lease = lease
        if lease is None:
            return False
        if held is None or held.token != lease.token:
            self._take_over(lease, now)
        try:
            trouble = self._trouble(lease, now)
            self._after(lease, now, trouble is None and self.last_at == now)
        except LeaseLost as error:
            log.get("evaluate").warning("another worker took over", reason=str(error))
            self._lease = None
            return False
        if trouble is not None:
            raise trouble
        return True

    def is_healthy(self, now: float) -> bool:
        """This worker evaluates, and did so within three intervals. One in which every rule failed is none."""
        return self.has_duty and self.last_at is not None and now - self.last_at < 3 * self._rules.settings.interval

    def _trouble(self, lease: Lease, now: float) -> Exception | None:
        """Evaluate; what went wrong, if anything did. Raises LeaseLost, and DatabaseUnavailable when PostgreSQL is
        away.
        """
        try:
            self._evaluate(lease, now)
        except LeaseLost:
            raise
        except Exception as error:
            self._stores.database.ping()  # It answers: then the chores can be done all the same.
            return error
        return None

    def give_up(self) -> None:
        """Let another worker evaluate at once."""
        if self._lease is not None:
            leases.give_up(self._stores.database, self._lease)
            self._lease = None

    def _take_over(self, lease: Lease, now: float) -> None:
        rows = [
            RuleRow(rule.id, place, rule.config.title, rule.config.severity, msgspec.to_builtins(rule.config))
            for place, rule in enumerate(self._rules.rules)
        ]
        with self._stores.database.transaction() as connection:
            leases.hold(connection, lease)
            alert_states.publish(connection, rows, now)
            recent = incidents.opened_since(connection, now - AGAIN_SECONDS)
            self.faults.adopt(connection)
        self._next_whole = 0.0
        self._announce(following.find_reopened(recent, self._rules.by_id()))
        log.get("evaluate").info("this worker evaluates", token=lease.token, rules=len(rows))

    def _evaluate(self, lease: Lease, now: float) -> None:
        general = self._rules.settings
        context = RuleContext(
            self._settings,
            self._stores.database,
            self._stores.live,
            self._memory,
            now,
            general.behind,
            self.span,
            self._series(),
        )
        self._kept = time.monotonic()
        readings = gather(self._rules.rules, context, _complain, lambda: self._keep(lease))
        with self._stores.database.transaction() as connection:
            leases.hold(connection, lease, self._rules.settings.lease)
            opened = self._commit(connection, lease, readings, now)
            failpoint.reach(BEFORE_COMMIT, self._settings.failpoint)
        failpoint.reach(AFTER_COMMIT, self._settings.failpoint)
        if is_judged(self._rules.rules, readings):
            self.last_at, self.judged = now, time.monotonic()
        if opened:
            self._announce(opened)

    def _announce(self, opened: list[Opened]) -> None:
        """What follows the commit; a failure is no reason not to evaluate."""
        try:
            self._opened(opened)
        except Exception:
            log.get("evaluate").exception("new incidents could not be announced")

    def _keep(self, lease: Lease) -> None:
        """Renew the lease while rules take their time, or two slow workers would take it from one another for ever."""
        if time.monotonic() - self._kept > self._rules.settings.lease / 3:
            self._kept = time.monotonic()
            if leases.take(self._stores.database, DUTY, self._holder, self._rules.settings.lease) != lease:
                raise LeaseLost(f"the lease {lease.name!r} has a new holder")

    def _series(self) -> dict[str, dict[str, bool]]:
        """The series of each rule that have a state, and whether something is going on in them."""
        with self._stores.database.transaction() as connection:
            stored = alert_states.load(connection)
        found: dict[str, dict[str, bool]] = {}
        for one in stored:
            found.setdefault(one.rule, {})[one.series] = sanitize.state(one.state).is_active
        return found

    def _commit(
        self, connection: Connection, lease: Lease, readings: dict[str, list[Reading]], now: float
    ) -> list[Opened]:
        stored = alert_states.load(connection)
        states = {(one.rule, one.series): sanitize.state(one.state) for one in stored}
        place, last = _last(connection, now)
        seen = TickInput(
            now, elapsed(last, now, self._rules.settings.lapse), readings, self._closed(connection, states)
        )
        changes = evaluate(self._rules.rules, states, seen, self._settings.config.windows)
        written_at = {(one.rule, one.series): one.evaluated_at for one in stored}
        around = NotificationContext(
            self._rules,
            silence_store.in_force(connection, now),
            self._settings.config.windows,
            console_url(self._settings, self._rules),
            judgements.link_key(self._settings.secret_key) if self._settings.secret_key else b"",
        )
        opened, changes = outcome.write(connection, self._stores.audit, self.faults, changes, around, now)
        alert_states.put(connection, [_row(one) for one in changes if _is_news(one, written_at, now)], now)
        alert_states.forget(connection, [one.key for one in changes if one.is_forgettable and one.key in states])
        fingerprints = {rule.id: rule.fingerprint for rule in self._rules.rules}
        whole = now >= self._next_whole
        record = tick_log.encode(seen, fingerprints, changes, states if whole else None)
        self._next_whole = now + WHOLE_SECONDS if whole else self._next_whole
        alert_states.put_tick(connection, max(now, place + 0.001), lease.token, record)
        return opened

    def _closed(self, connection: Connection, states: dict[Key, State]) -> frozenset[str]:
        """Incidents of these states that a person resolved; those of rules without incidents never are."""
        silent = {rule.id for rule in self._rules.rules if not rule.config.incident}
        ids = [one for (rule, _), state in states.items() if rule not in silent for one in state.incidents]
        return frozenset(ids) - incidents.open_ids(connection, ids) if ids else frozenset()


def _last(connection: Connection, now: float) -> tuple[float, float | None]:
    """Where the newest record stands, and the time of that evaluation: another one when a clock was set back."""
    place = alert_states.last_tick(connection)
    if place is None or place < now:
        return place or 0.0, place
    try:
        return place, tick_log.decode(alert_states.newest_tick(connection)).seen.now
    except ValueError:
        return place, None  # A record of another release: no time counts as observed.


def elapsed(last: float | None, now: float, lapse: float) -> float:
    """Seconds since the evaluation before that count as observed: none after a longer pause or a clock set back."""
    if last is None or not 0 < now - last <= lapse:
        return 0.0
    return now - last


def console_url(settings: Settings, rules: Rules) -> str:
    """Where links in messages lead."""
    return rules.settings.console_url.rstrip("/") or f"{settings.console_url}/admin/monitoring"


def _span(rule: Rule) -> float:
    return float(rule.kind.span(rule.parameters)) if hasattr(rule.kind, "span") else 0.0


def _is_news(change: SeriesChange, written_at: dict[Key, float], now: float) -> bool:
    if change.is_forgettable:
        return False
    if change.key not in written_at or change.after.phase != "inactive" or change.after.health != "ok":
        return True
    same = msgspec.structs.replace(change.before, value=change.after.value) == change.after
    return not same or abs(now - written_at[change.key]) >= SHOWN_SECONDS


def _row(change: SeriesChange) -> StateRow:
    state = change.after
    return StateRow(
        change.key[0],
        change.key[1],
        state.phase,
        state.health,
        state.value,
        state.since,
        state.incident if change.rule and change.rule.config.incident and state.incident else None,
        msgspec.to_builtins(state),
    )


def _complain(rule: str, error: Exception) -> None:
    log.get("evaluate").error(
        "a rule could not be read", rule=rule, reason=f"{error.__class__.__name__}: {error}"[:300]
    )

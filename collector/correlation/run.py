"""Judges new stored events by the correlation rules and writes each match as a security event.

Reads with a cursor in the order of storing; the events of the time around the new ones are looked at again, so late
ones count. A match's id comes from its rule, group and completing event, and it is remembered in the cursor's
transaction: a crash at any point repeats nothing.
"""

from collections import defaultdict
from hashlib import blake2b
from typing import Any

from collector.correlation.rules import Correlation, Rules
from collector.correlation.windows import Hit, Interval, Match, find
from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import query
from core.events import security
from core.pipeline import event_cursor
from core.pipeline.publisher import EventPublisher
from core.security import ecs_export

EVENTS = 2000
REQUESTS = 20_000
SPAN = 50_000
NAMED_EVENTS = 100
Group = tuple[str, ...]


class Correlator:
    """`step` reports whether it did work. Raises DatabaseUnavailable."""

    def __init__(self, database: Database, publisher: EventPublisher, rules: Rules) -> None:
        self._database = database
        self._publisher = publisher
        self._rules = rules

    def step(self, _: float = 0.0) -> bool:
        """Judge what was stored since the last step, at most a page of each kind."""
        events = self._security()
        return self._requests() or events

    def _security(self) -> bool:
        rules = [rule for rule in self._rules.correlations if rule.source == "security"]
        upto = event_cursor.complete_to(self._database, "security")
        with event_cursor.hold(self._database, "correlation:security") as cursor:
            if cursor is None or not rules:
                return False
            rows = event_cursor.security_after(cursor.connection, cursor.seq, upto, EVENTS)
            if not rows:
                return False
            new = [hit for row in rows for hit in self._hits(row)]
            if new:
                longest = max(rule.timespan for rule in rules)
                start, end = min(hit.at for hit in new) - longest, max(hit.at for hit in new) + longest
                span = {"start": to_datetime(start), "end": to_datetime(end), "ips": None, "most": SPAN}
                around = cursor.connection.execute(query("feed.security_span"), span).mappings()
                hits = [hit for row in around for hit in self._hits(dict(row))]
                for rule in rules:
                    touched = _groups(rule, new).keys()
                    found = _groups(rule, hits)
                    self._judge(cursor.connection, rule, {group: found.get(group, []) for group in touched})
            cursor.seq = rows[-1]["seq"]
        return True

    def _requests(self) -> bool:
        rules = [rule for rule in self._rules.correlations if rule.source == "requests"]
        upto = event_cursor.complete_to(self._database, "requests")
        with event_cursor.hold(self._database, "correlation:requests") as cursor:
            if cursor is None or not rules or cursor.seq >= upto:
                return False
            upto = min(upto, cursor.seq + REQUESTS)
            place = {"seq": cursor.seq, "upto": upto}
            busy = [dict(row) for row in cursor.connection.execute(query("feed.busy_requests"), place).mappings()]
            for rule in rules if busy else ():
                self._judge(cursor.connection, rule, self._request_groups(cursor.connection, rule, busy))
            cursor.seq = upto
        return True

    def _request_groups(self, connection: Any, rule: Correlation, busy: list[dict[str, Any]]) -> dict[Group, list[Hit]]:
        """The hits of those addresses that could reach the rule's number at all."""
        start = min(row["first"] for row in busy).timestamp() - rule.timespan
        end = max(row["last"] for row in busy).timestamp() + rule.timespan
        span = {"start": to_datetime(start), "end": to_datetime(end)}
        ips = [row["ip"] for row in busy]
        enough = connection.execute(query("feed.busy_enough"), {**span, "ips": ips, "least": rule.least})
        found: dict[Group, list[Hit]] = {}
        for (ip,) in enough.all():
            rows = connection.execute(query("feed.requests_of"), {**span, "ip": ip, "most": SPAN}).mappings()
            events = [(row, _request(ip, row)) for row in rows]
            found[ip,] = [
                Hit(row["timestamp"].timestamp(), row["seq"], name, event)
                for row, event in events
                for name in rule.rules
                if self._rules.detections[name].matches(event)
            ]
        return found

    def _hits(self, row: event_cursor.Row) -> list[Hit]:
        event = ecs_export.flat(ecs_export.document(row))
        at = row["timestamp"].timestamp()
        return [
            Hit(at, row["seq"], detection.name, event)
            for detection in self._rules.detections.values()
            if detection.source == "security" and detection.matches(event)
        ]

    def _judge(self, connection: Any, rule: Correlation, groups: dict[Group, list[Hit]]) -> None:
        filled = {group: hits for group, hits in groups.items() if hits}
        if not filled:
            return
        taken: dict[str, list[Interval]] = defaultdict(list)
        span = {
            "rule": rule.name,
            "groups": ["|".join(group) for group in filled],
            "start": to_datetime(min(hits[0].at for hits in filled.values())),
            "end": to_datetime(max(hits[-1].at for hits in filled.values())),
        }
        for row in connection.execute(query("feed.matches"), span):
            taken[row.group_key].append((row.from_at.timestamp(), row.until_at.timestamp()))
        for group, hits in filled.items():
            for match in find(rule, hits, taken["|".join(group)]):
                self._write(connection, rule, group, match)

    def _write(self, connection: Any, rule: Correlation, group: Group, match: Match) -> None:
        first, last = match.hits[0], match.hits[-1]
        # The row's own number: an event's id is its sender's choice, and another sender may choose the same.
        match_id = blake2b("\0".join((rule.name, *group, str(last.seq))).encode(), digest_size=12).hexdigest()
        values = {"id": match_id, "rule": rule.name, "group_key": "|".join(group)}
        span = {"from_at": to_datetime(match.taken[0]), "until_at": to_datetime(match.taken[1])}
        shared = {hit.event.get("trace.id") for hit in match.hits}
        correlation_id = shared.pop() if len(shared) == 1 else None
        who = ", ".join(group) or "all"
        count = f"{len(match.hits)} events in {last.at - first.at:.0f} s"
        security.emit(
            self._publisher.publish,
            rule.severity,
            f"{rule.title}: {who}, {count}",
            action=rule.name,
            category="intrusion_detection",
            actor=_shared(match, "user.name"),
            ip=_shared(match, "source.ip"),
            correlation_id=correlation_id or f"match-{match_id}",
            source="correlation",
            event_id=f"correlation:{match_id}",
            at=last.at,
            document={
                "rule": {"name": rule.title, "id": rule.name},
                "event": {"kind": "alert"},
                "gatehouse": {"events": [hit.event.get("event.id") for hit in match.hits[-NAMED_EVENTS:]]},
            },
            strict=True,
        )
        connection.execute(query("feed.put_match"), {**values, **span})


def _groups(rule: Correlation, hits: list[Hit]) -> dict[Group, list[Hit]]:
    """The rule's hits by group, in order of time; an event that lacks a field of the grouping belongs to none."""
    found: dict[Group, list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.rule in rule.rules:
            values = [hit.event.get(name) for name in rule.group_by]
            if None not in values:
                found[tuple(map(str, values))].append(hit)
    return found


def _shared(match: Match, field: str) -> str | None:
    values = {hit.event.get(field) for hit in match.hits}
    return values.pop() if len(values) == 1 else None


def _request(ip: str, row: Any) -> dict[str, Any]:
    return {
        "source.ip": ip,
        "http.request.method": row["method"],
        "http.response.status_code": row["status"],
        "url.path": row["path"],
        "service.name": row["service"],
        "user.name": row["user_id"],
    }

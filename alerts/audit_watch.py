"""Proves the audit log when the worker starts and every hour: what is new since the last proof, all of it once a day.

What is found is recorded in the log (X10), fires the rule `audit-log`, and is a CRITICAL security event. A proof that
holds is a LOW event with the newest row's number and hash, so a sink outside holds an anchor of its own.
"""

import socket

from core import log
from core.audit import check
from core.audit.check import AuditCheck
from core.events import security
from core.stores import Stores

HOUR = 3600.0
FULL_SECONDS = 86400.0


class AuditWatch:
    """`step(now)` is one check. Raises DatabaseUnavailable."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._full_at = 0.0

    def step(self, now: float) -> AuditCheck:
        """Check, keep the result, and send the event."""
        verified = self._stores.audit.anchor.verified() if self._stores.audit.anchor else None
        full = verified is None or (self._full_at > 0 and now - self._full_at >= FULL_SECONDS)
        if full or not self._full_at:
            self._full_at = now
        verdict = check.check(self._stores.database, self._stores.audit, full)
        check.note(self._stores.database, socket.gethostname(), verdict, now, full)
        if verdict.problem:
            log.get("audit").error("the audit log failed verification", row=verdict.seq, problem=verdict.problem)
        security.emit(
            self._stores.publisher.publish,
            "critical" if verdict.problem else "low",
            verdict.sentence(),
            action="audit-broken" if verdict.problem else "audit-verified",
            category="configuration",
            outcome="failure" if verdict.problem else "success",
            event_id=f"audit:{socket.gethostname()}:{int(now // HOUR)}:{verdict.head[:16]}:{len(verdict.problems)}",
            at=now,
            document={"gatehouse": {"audit": {"rows": verdict.rows, "head": verdict.head}}},
        )
        return verdict

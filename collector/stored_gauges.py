"""Gauges of what PostgreSQL knows: the newest event, the policy in force, failed second factors, drift (A3, A4)."""

from datetime import timedelta
from typing import Any

import numpy as np

from core.clock import to_datetime
from core.config import PolicyConfig
from core.db.engine import Database
from core.db.queries import query
from core.db.redis_client import Live
from core.errors import BadInput, Unreachable
from core.events.security import OWN_SOURCES
from core.models import registry
from core.models.drift.features import divergences
from core.models.registry import ReferenceBins
from core.transactions import policies
from core.web.metrics import Metrics

MFA_WINDOW = timedelta(minutes=5)
MFA_LATE = timedelta(days=1)
DRIFT_DAYS = 7
DRIFT_SECONDS = 60.0


class StoredGauges:
    """Sets its gauges at every `step`; drift, which reads a week, once a minute."""

    def __init__(self, metrics: Metrics, database: Database, live: Live, policy: PolicyConfig) -> None:
        self._database, self._live, self._policy = database, live, policy
        self._newest = metrics.gauge(
            "gatehouse_last_event_timestamp_seconds",
            "Start of the newest ten seconds with a stored transaction, prediction or request (epoch seconds).",
        )
        self._strict = metrics.gauge("gatehouse_policy_strict", "1 while a stricter profile than normal is active.")
        self._failures = metrics.gauge(
            "gatehouse_mfa_failures", "Most failed second factors of one account in the last five minutes."
        )
        self._drift = metrics.gauge(
            "gatehouse_drift_kl", "Largest KL divergence (nats) of a feature, the current week against training."
        )
        self._counted = metrics.gauge("gatehouse_drift_predictions", "Predictions of the week that drift is read from.")
        self._drift_at = float("-inf")

    def step(self, now: float) -> None:
        """Read and set. Raises DatabaseUnavailable; every gauge is then absent."""
        try:
            with self._database.transaction() as connection:
                newest = connection.execute(query("gauges.newest_slot")).scalar()
                failed = connection.execute(query("rules.mfa_failures"), _recent(now)).all()
            policy = policies.current(self._live, self._database)
            if now - self._drift_at >= DRIFT_SECONDS:
                value, n = self._largest_drift(now)
                self._drift.replace({(): value})
                self._counted.replace({(): n})
                self._drift_at = now
        except Unreachable:
            for gauge in (self._newest, self._strict, self._failures, self._drift, self._counted):
                gauge.replace({})
            self._drift_at = float("-inf")
            raise
        normal = self._policy.profiles["normal"].fraud_threshold
        self._newest.replace({(): newest})
        self._failures.replace({(): max((row.failures for row in failed), default=0)})
        self._strict.replace({(): None if policy is None else float(policy.fraud_threshold < normal)})

    def _largest_drift(self, now: float) -> tuple[float | None, int]:
        version = registry.champion(self._live, self._database)
        try:
            reference = [] if version is None else registry.reference(self._database, version)
        except BadInput:
            reference = []
        last = to_datetime(now).date()
        days = {"version": version or 0, "first": last - timedelta(days=DRIFT_DAYS - 1), "last": last}
        with self._database.transaction() as connection:
            rows = connection.execute(query("histograms.days"), days).all()
        return largest(reference, [(row.n, row.counts) for row in rows])


def largest(reference: list[ReferenceBins], days: list[tuple[int, list[int]]]) -> tuple[float | None, int]:
    """The largest divergence of any feature and its number of predictions, from each day's (n, counts of all bins).

    Days that another feature list counted are passed over; None without any. Pure.
    """
    width = sum(len(bins.counts) for bins in reference)
    usable = [(n, counts) for n, counts in days if len(counts) == width]
    n = sum(n for n, _ in usable)
    if not width or not n:
        return None, 0
    found = divergences(reference, np.sum([counts for _, counts in usable], axis=0))
    return (found[0][1] if found else None), n


def _recent(now: float) -> dict[str, Any]:
    """What the rule A4 looks at without a pause of its worker: failures stored in the last minutes."""
    since = to_datetime(now) - MFA_WINDOW
    return {"since": since, "window": MFA_WINDOW, "late": MFA_LATE, "own": sorted(OWN_SOURCES)}

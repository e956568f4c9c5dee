"""Gauges of what PostgreSQL knows: the newest event, the policy in force, failed second factors, drift (A3, A4)."""

from datetime import timedelta

import numpy as np

from core import drift
from core.clock import to_datetime
from core.config import PolicyConfig
from core.errors import BadInput, Unreachable
from core.store import models, policies
from core.store.db import Database
from core.store.live import Live
from core.store.models import ReferenceBins
from core.store.queries import query
from core.web.metrics import Metrics

MFA_WINDOW = 300
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
        self._strict = metrics.gauge("gatehouse_policy_strict", "1 while a stricter profile than normal is in force.")
        self._failures = metrics.gauge(
            "gatehouse_mfa_failures", "Most failed second factors of one account in the last five minutes."
        )
        self._drift = metrics.gauge(
            "gatehouse_drift_kl", "Largest KL divergence (nats) of a feature, the current week against training."
        )
        self._drift_at = float("-inf")

    def step(self, now: float) -> None:
        """Read and set. Raises DatabaseAway; every gauge is then absent."""
        try:
            with self._database.transaction() as connection:
                newest = connection.execute(query("gauges.newest_slot")).scalar()
                failures = connection.execute(
                    query("gauges.mfa_failures"), {"since": to_datetime(now - MFA_WINDOW)}
                ).scalar()
            policy = policies.current(self._live, self._database)
            if now - self._drift_at >= DRIFT_SECONDS:
                self._drift.replace({(): self._largest_drift(now)})
                self._drift_at = now
        except Unreachable:
            for gauge in (self._newest, self._strict, self._failures, self._drift):
                gauge.replace({})
            self._drift_at = float("-inf")
            raise
        normal = self._policy.profiles["normal"].fraud_threshold
        self._newest.replace({(): newest})
        self._failures.replace({(): failures})
        self._strict.replace({(): None if policy is None else float(policy.fraud_threshold < normal)})

    def _largest_drift(self, now: float) -> float | None:
        version = models.champion(self._live, self._database)
        if version is None:
            return None
        try:
            reference = models.reference(self._database, version)
        except BadInput:
            return None
        last = to_datetime(now).date()
        days = {"version": version, "first": last - timedelta(days=DRIFT_DAYS - 1), "last": last}
        with self._database.transaction() as connection:
            rows = connection.execute(query("histograms.days"), days).all()
        return largest(reference, [(row.n, row.counts) for row in rows])


def largest(reference: list[ReferenceBins], days: list[tuple[int, list[int]]]) -> float | None:
    """The largest divergence of any feature, from each day's (predictions, counts of all bins); pure.

    None below the minimum of predictions, and for days that another feature list counted.
    """
    width = sum(len(bins.counts) for bins in reference)
    usable = [(n, counts) for n, counts in days if len(counts) == width]
    if not width or sum(n for n, _ in usable) < drift.MINIMUM:
        return None
    week = np.sum([counts for _, counts in usable], axis=0)
    parts = np.split(week, np.cumsum([len(bins.counts) for bins in reference])[:-1])
    pairs = [(part, bins.counts) for part, bins in zip(parts, reference, strict=True)]
    return max((drift.kl(part, counts) for part, counts in pairs if sum(counts[:-1]) or part[:-1].sum()), default=None)

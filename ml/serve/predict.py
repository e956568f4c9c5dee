"""From a validated request to a stored prediction and its answer: score, decide, explain what matters, publish."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from time import perf_counter
from typing import get_args

import numpy as np

from core import clock
from core.errors import BadInput
from core.events import types as events
from core.events.limits import Shape
from core.events.retention import Kept
from core.events.types import Prediction
from core.input_names import Unknown
from core.pipeline.publisher import EventPublisher
from core.policy import Decision, decide
from core.web.metrics import Metrics
from ml.data.features import Encoder, Rows
from ml.serve.current_model import InForce, Serving
from ml.serve.holdout import Holdout
from ml.serve.input_names import NameCheck
from ml.serve.schemas import Score, Scored
from ml.serve.shadow import Shadow
from ml.serve.threat_override import Listing

NO_FIELDS: Mapping[int, Sequence[Unknown]] = {}
LATENCY_EDGES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


def _named(encoder: Encoder, body: Score, index: int) -> list[float]:
    """The values of one of many; what is wrong names which one."""
    try:
        return encoder.values(body.features)
    except BadInput as error:
        raise BadInput(f"$.transactions[{index}]{error.field.removeprefix('$')}", error.reason) from None


_check_address = lru_cache(maxsize=8192)(events.address)  # customers come back


class Predictor:
    """Scores transactions for one process; everything it answers was published before."""

    def __init__(
        self,
        serving: Serving,
        publisher: EventPublisher,
        metrics: Metrics,
        ahead: float,
        holdout: Holdout | None = None,
        listing: Listing | None = None,
        shadow: Shadow | None = None,
        shape: Shape | None = None,
        kept: Kept | None = None,
        names: NameCheck | None = None,
    ) -> None:
        self._kept, self._names = kept or Kept(), names or NameCheck()
        self._shape = shape or Shape()
        self._shadow = shadow
        self._listing = listing or Listing()
        self._serving = serving
        self._holdout = holdout
        self._publisher = publisher
        self._ahead = ahead
        self._requests = metrics.counter(
            "fraud_prediction_requests_total", "Scoring requests answered with predictions."
        )
        self._predictions = metrics.counter("fraud_predictions_total", "Predictions made.", ("decision",))
        for decision in get_args(Decision):
            self._predictions.inc(decision, by=0)
        self._latency = metrics.histogram(
            "fraud_prediction_latency_seconds", "Time from a scoring request to its prediction.", edges=LATENCY_EDGES
        )

    def one(
        self,
        body: Score,
        start: float,
        correlation: str | None = None,
        caller: str | None = None,
        fields: Sequence[Unknown] = (),
    ) -> Scored:
        """Score one transaction; `start` is the request's `perf_counter()`, `correlation` the id it came under.

        `fields` are those of the request that nothing knows. Raises BadInput, NoModel, or StorageUnavailable when the
        prediction cannot be kept.
        """
        self._shape.check_features(body.features, "$.features")
        force = self._serving.current()
        score, values = force.scorer.score(body.features)
        event, answer = self._prepare(force, body, score, values, clock.now())
        answer.unknown = self._names.check(force.scorer, body.features, caller, fields)
        if body.explain or event.decision != "APPROVED":
            self._explain(force, [(event, answer)], [values], force.scorer.encoder.rows([values]))
        self._listing.name(event, answer)
        took = perf_counter() - start
        event.latency_ms = answer.latency_ms = round(took * 1000, 3)
        self._publisher.publish([event])
        if self._shadow:
            self._shadow.offer(event, body.features, force.policy)
        self._requests.inc()
        self._latency.observe(took, exemplar=correlation)
        self._predictions.inc(answer.decision)
        return answer

    def many(
        self,
        bodies: Sequence[Score],
        start: float,
        caller: str | None = None,
        fields: Mapping[int, Sequence[Unknown]] = NO_FIELDS,
    ) -> list[Scored]:
        """Score many at once. Only a row that came alone stores a latency: a share of many is nobody's answer time."""
        force = self._serving.current()
        encoder = force.scorer.encoder
        for index, body in enumerate(bodies):
            self._shape.check_features(body.features, f"$.transactions[{index}].features")
        values = [_named(encoder, body, index) for index, body in enumerate(bodies)]
        rows = encoder.rows(values)
        scores = force.scorer.score_many(rows).tolist()
        now = clock.now()
        made = [
            self._prepare(force, body, score, row, now, f"$.transactions[{index}].")
            for index, (body, score, row) in enumerate(zip(bodies, scores, values, strict=True))
        ]
        for index, (body, (_, answer)) in enumerate(zip(bodies, made, strict=True)):
            place = f"$.transactions[{index}]"
            answer.unknown = self._names.check(force.scorer, body.features, caller, fields.get(index, ()), place)
        chosen = [i for i, (event, _) in enumerate(made) if bodies[i].explain or event.decision != "APPROVED"]
        if chosen:
            self._explain(force, [made[i] for i in chosen], [values[i] for i in chosen], rows[chosen])
        for event, answer in made:
            self._listing.name(event, answer)
        share = round((perf_counter() - start) * 1000 / len(bodies), 3)
        for event, answer in made:
            answer.latency_ms = share
            event.latency_ms = share if len(made) == 1 else None
        self._publisher.publish([event for event, _ in made])
        if self._shadow:
            for body, (event, _) in zip(bodies, made, strict=True):
                self._shadow.offer(event, body.features, force.policy)
        self._requests.inc()
        for _, answer in made:
            self._predictions.inc(answer.decision)
        return [answer for _, answer in made]

    def _prepare(
        self, force: InForce, body: Score, score: float, values: list[float], now: float, where: str = "$."
    ) -> tuple[Prediction, Scored]:
        if body.ip is not None:
            _check_address(body.ip, where + "ip")
        ip = None if body.ip is None else events.address(body.ip)
        policy = force.policy
        decision, held = decide(score, policy), None
        if decision == "BLOCKED" and self._holdout and self._holdout.holds(body.transaction_id):
            decision, held = "REVIEW", self._holdout.share
        decision = self._listing.raised(decision, body.wallet, ip)
        event = Prediction(
            id=body.transaction_id,
            timestamp=self._when(body, now, where),
            transaction_id=body.transaction_id,
            score=score,
            decision=decision,
            threshold=policy.fraud_threshold,
            model_version=force.scorer.version,
            amount=body.amount,
            wallet=body.wallet,
            ip=ip,
            feature_values=list(values),
            holdout=held if decision == "REVIEW" else None,
            event_id=body.event_id,
            replayed=body.replayed,
            policy_version=policy.version,
        )
        return event, Scored(
            body.transaction_id, score, decision, None, None, force.scorer.version, policy.version, 0.0
        )

    def _when(self, body: Score, now: float, where: str) -> float:
        """The time of a transaction; one whose prediction would not be kept is refused."""
        try:
            at = events.when(body.timestamp, now, self._ahead)
            self._kept.check("prediction", at, now)
        except BadInput as error:
            raise BadInput(where + "timestamp", error.reason) from None
        return at

    @staticmethod
    def _explain(
        force: InForce, made: Sequence[tuple[Prediction, Scored]], values: Sequence[list[float]], rows: Rows
    ) -> None:
        """Exact contributions of these predictions, made from `values`, which are `rows` (m, n) too."""
        scorer = force.scorer
        contributions = np.round(scorer.contributions(rows).astype(np.float64), 5)
        for (event, answer), row, shares in zip(made, values, contributions, strict=True):
            event.contribution_values = shares.tolist()
            answer.contributions = dict(zip(scorer.encoder.names, shares.tolist(), strict=True))
            name, value = scorer.top(row, shares)
            event.top_feature = answer.top_feature = name
            answer.top_value = scorer.encoder.meant(name, value)
            event.top_value = None if isinstance(answer.top_value, str) else answer.top_value

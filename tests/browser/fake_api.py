"""A stand-in for the monitoring API: the types of core.monitoring with plausible moving data, and bad days on request.

Run it alone with `python tests/browser/fake_api.py PORT` to look at the console without the rest of the stack.
"""

import json
import math
import random
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import parse_qs, urlsplit

import msgspec

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file, it does not see our packages

from core import codec
from core.monitoring import ResourceError, ResourceResult, Snapshot, TimeRange, rebuilt, resources
from core.monitoring.alerts import AlertRule, Alerts, AlertSpan, OpenIncident, PolicyChange
from core.monitoring.changes import Change
from core.monitoring.drift import DayDivergence, Drift, FeatureDivergence
from core.monitoring.drift_features import DriftFeatures
from core.monitoring.fraud_feed import FraudFeed, RiskyTransaction
from core.monitoring.fraud_scatter import (
    DecisionCounts,
    ExactPoints,
    FraudScatter,
    PolicyInForce,
    ScoreDensity,
    ScorePoints,
)
from core.monitoring.health import Health, HostSample, ServiceHealth
from core.monitoring.kpis import KpiCard, KpiPoint, Kpis, KpiTarget, KpiWindow
from core.monitoring.limits import BlockedAddress, GlobalLimit, Limits, NearLimit
from core.monitoring.model import ConfusionMatrix, LabelMaturity, Model, QualityWarning, RateIntervals
from core.monitoring.security import SecurityEvent, SecurityEvents, SeverityCounts
from core.monitoring.traffic import BusyAddress, MinuteTraffic, Traffic
from core.monitoring.trouble import ActiveProblem, ActiveProblems

SECONDS = {"15m": 900, "1h": 3600, "6h": 21600, "24h": 86400}
FEATURES = [
    "txn_velocity_1h",
    "price_deviation",
    "wallet_age_days",
    "geo_velocity",
    "ip_reuse",
    "amount",
    "failed_logins",
    "account_age_days",
    "tickets_per_txn",
    "hour_of_day",
]
POLICY = PolicyInForce(version=3, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)


def iso(seconds: float) -> str:
    """ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def problem(name: str, severity: Any, title: str, detail: str, **more: Any) -> ActiveProblem:
    """One problem of the strip, nobody's so far."""
    nobody = {"incident": None, "acknowledged_by": None, "silenced_by": None}
    return ActiveProblem(id=name, severity=severity, title=title, detail=detail, **{**nobody, **more})


def example(kind: Any, length: int) -> Any:
    """A value of a type of the contract that nobody staged: lists have this length, what may be missing is there."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: example(field.type, length) for field in msgspec.structs.fields(kind)})
    inner = get_args(kind)
    if get_origin(kind) is list:
        return [example(inner[0], length) for _ in range(length)]
    if get_origin(kind) is dict:
        return {f"x{n}": example(inner[1], length) for n in range(length)}
    if get_origin(kind) is tuple:
        return tuple(example(one, length) for one in inner)
    if get_origin(kind) is Literal:
        return inner[0]
    return example(inner[0], length) if inner else {str: "x", int: 1, float: 1.5, bool: True}[kind]


class World:
    """What the fake answers. `mood`: busy, calm, empty, frozen (the version stands still), broken (one part fails)."""

    def __init__(self, mood: str = "busy", step: float = 5.0, per_hour: int = 5000, seed: int = 7) -> None:
        self.mood = mood
        self.step = step
        self.per_hour = per_hour
        self.seed = seed
        self.down: list[str] = []
        self.dead = False
        self.hits = 0
        self.events: list[Any] = []
        self.since: list[int] = []
        self.acknowledged: dict[str, str] = {}
        self.trouble: ActiveProblems = []

    def version(self) -> int:
        """The snapshot's version: changes once per step."""
        now = time.time()
        return int(now // self.step * self.step * 1000)

    def snapshot(self, query: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of the snapshot endpoint."""
        self.hits += 1
        version, since = self.version(), int(query.get("since", 0))
        self.since.append(since)
        if since >= version:
            return 304, b""
        if "from" in query:
            start, end = (datetime.fromisoformat(query[name]).timestamp() for name in ("from", "to"))
            label = ""
        else:
            label = query.get("range", "1h")
            end = version / 1000
            start = end - SECONDS[label]
        slow = version // 60000 * 60000
        found: dict[str, ResourceResult[Any]] = {}
        for name in query["parts"].split(","):
            at = slow if name in ("model", "drift") else version
            if at > since:
                found[name] = ResourceResult(at, self.resource(name, start, end))
        if self.mood == "broken" and "drift" in found:
            error = ResourceError("Drift cannot be computed", "The reference of the model is missing.")
            found["drift"] = ResourceResult(version, error=error)
        body = Snapshot(version, iso(version / 1000), TimeRange(label, iso(start), iso(end)), self.down, found)
        return 200, codec.encode(body)

    def resource(self, name: str, start: float, end: float) -> Any:
        """One resource as the console gets it: of its type, or msgspec.ValidationError."""
        return rebuilt(self.made(name, start, end), resources()[name])

    def made(self, name: str, start: float, end: float) -> Any:
        """One resource, unchecked."""
        rng = random.Random(f"{name}{self.seed}{int(end // self.step)}")
        staged = getattr(self, f"_{name}", None)
        return staged(rng, start, end) if staged else example(resources()[name], 0 if self.mood == "empty" else 3)

    def _kpis(self, rng: random.Random, start: float, end: float) -> Kpis:
        busy = self.mood == "busy"
        fraud = (3.42 if busy else 1.31) + rng.random() / 50
        why = "above 3 % for 12 minutes" if busy else ""
        rows: list[Any] = [
            ("K1", "transactions_per_hour", "Transactions/hour", 1043 + rng.randint(-20, 20), "/h", 1018, "up",
             KpiTarget(value=1000, op=">=", text="target 1,000/h"), "ok", ""),
            ("K2", "fraud_rate", "Fraud rate", fraud, "%", 1.2, "down",
             KpiTarget(value=2, op="<", text="target < 2 %"), "alert" if busy else "ok", why),
            ("K3", "api_latency_p95", "API latency p95", 61.2 + rng.random() * 4, "ms", 44.0, "down",
             KpiTarget(value=50, op="<", text="target < 50 ms"), "warning", "above its target"),
            ("K4", "revenue_per_hour", "Revenue/hour", 11873.4 + rng.randint(-200, 200), "USD/h", 12010.0, "up",
             KpiTarget(value=11500, op=">=", text="baseline $11.5k"), "ok", ""),
        ]  # fmt: skip
        cards = [self._card(rng, end, *row) for row in rows]
        known = {card.key: card.value for card in cards}
        return Kpis(**known, window=KpiWindow(start=int(1000 * end) - 3_600_000, end=int(1000 * end)), cards=cards)

    def _card(
        self, rng: random.Random, end: float, id_: str, key: str, title: str, value: float, unit: str,
        previous: float, better: Any, target: KpiTarget, status: Any, reason: str,
    ) -> KpiCard:  # fmt: skip
        empty = self.mood == "empty"
        delta = value - previous
        return KpiCard(
            id=id_, key=key, title=title, value=None if empty else value, unit=unit,
            previous=None if empty else previous, delta=None if empty else delta,
            delta_percent=None if empty else 100 * delta / previous,
            direction="flat" if empty else "up" if delta > 0 else "down", better=better, target=target,
            status="none" if empty else status, reason=reason,
            spark=[
                KpiPoint(
                    t=int(1000 * (end - 60 * (60 - i))),
                    v=None if empty else value * (1 + 0.12 * math.sin(i / 5) + 0.05 * rng.random()),
                )
                for i in range(60)
            ],
        )  # fmt: skip

    def _fraud_scatter(self, rng: random.Random, start: float, end: float) -> FraudScatter:
        step = (end - start) / 120
        first = int((end - 0.001) // step) - 119
        share = 0 if self.mood == "empty" else self.per_hour / 120
        points = {name: ScorePoints(t=[], score=[], id=[]) for name in ("BLOCKED", "REVIEW")}
        z = [[0] * 120 for _ in range(25)]
        for column in range(120):
            one = random.Random(f"{self.seed}{first + column}{step}")
            for _ in range(int(share * 0.94)):
                z[min(9, int(one.expovariate(0.55)))][column] += 1
            for name, part, low, high in (("BLOCKED", 0.02, 0.7, 1.0), ("REVIEW", 0.04, 0.4, 0.7)):
                for at in sorted(one.random() for _ in range(int(share * part + one.random()))):
                    moment = (first + column + at) * step
                    score, txn = round(one.uniform(low, high), 3), f"tx_{one.getrandbits(32):08x}"
                    if start <= moment < end:
                        points[name].t.append(int(1000 * moment))
                        points[name].score.append(score)
                        points[name].id.append(txn)
        counts = DecisionCounts(
            APPROVED=sum(map(sum, z)), REVIEW=len(points["REVIEW"].t), BLOCKED=len(points["BLOCKED"].t)
        )
        return FraudScatter(
            policy=POLICY, start=int(start * 1000), end=int(end * 1000), points=ExactPoints(**points), truncated=False,
            density=ScoreDensity(t0=int(first * step * 1000), dt=int(step * 1000), nx=120, ny=25, z=z), counts=counts,
        )  # fmt: skip

    def _fraud_feed(self, rng: random.Random, start: float, end: float) -> FraudFeed:
        if self.mood == "empty":
            return []
        rows = []
        first = int(end // 10)
        for index in range(50):
            one = random.Random(first - index)
            score = one.uniform(0.65, 1)
            feature, value = one.choice(
                [("txn_velocity_1h", 12), ("price_deviation", 2.3), ("wallet_age", "0.5d"), ("geo_velocity", "true")]
            )
            rows.append(
                RiskyTransaction(
                    time=iso((first - index) * 10 + one.random() * 3),
                    txn_id=f"tx_{one.getrandbits(32):08x}",
                    score=round(score, 4),
                    decision="BLOCKED" if score >= 0.7 else "REVIEW",
                    top_feature=feature,
                    top_value=value if isinstance(value, int | float) else None,
                    top_feature_text=f"{feature}={value}",
                    amount=round(one.lognormvariate(4, 1), 2),
                )
            )
        return rows

    def _traffic(self, rng: random.Random, start: float, end: float) -> Traffic:
        step = max(60, (end - start) / 60)
        minutes = []
        for index in range(int((end - start) / step)):
            at = start + index * step
            n = 0 if self.mood == "empty" else int(800 + 120 * math.sin(at / 900) + rng.random() * 60)
            minutes.append(MinuteTraffic(t=int(at * 1000), n=n, errors=int(rng.random() * 14) if n else 0))
        tops = (
            []
            if self.mood == "empty"
            else [BusyAddress(ip=f"203.0.113.{9 + i}", n=904 - 71 * i, limited=i == 4) for i in range(5)]
        )
        total = sum(int(minute.n) for minute in minutes)
        return Traffic(per_minute=minutes, top_ips=tops, limited_ips=1 if tops else 0, total=total)

    def _limits(self, rng: random.Random, start: float, end: float) -> Limits:
        if self.mood != "busy":
            return Limits(everyone=GlobalLimit(used=0, limit=10000, percent=0.0), near=[], blocked=[])
        used = 8230 + rng.randint(-90, 90)
        until = int((end + 2900) * 1000)
        return Limits(
            everyone=GlobalLimit(used=used, limit=10000, percent=used / 100),
            near=[
                NearLimit(ip="203.0.113.11", used=96, limit=100),
                NearLimit(ip="2001:db8::17", used=91, limit=100),
            ],
            blocked=[BlockedAddress(ip="203.0.113.13", until=until, reason="412 requests in a minute")],
        )

    def _model(self, rng: random.Random, start: float, end: float) -> Model:
        nothing = Model(
            version=7, matrix=ConfusionMatrix(tp=0, fn=0, fp=0, tn=0), precision=None, recall=None, f1=None,
            intervals=RateIntervals(precision=None, recall=None, f1=None), threshold=0.5, baseline_threshold=None,
            baseline_precision=0.67,
            precision_change_percent=None, baseline_recall=None, recall_change_percent=None, warning=None,
            maturity=LabelMaturity(labelled=0, total=0, percent=None, flagged_unlabelled=0, blocked_unlabelled=0),
            estimated=None, holdout=None, history=[],
        )  # fmt: skip
        if self.mood == "empty":
            return nothing
        return msgspec.structs.replace(
            nothing,
            matrix=ConfusionMatrix(tp=142, fn=18, fp=89, tn=11751),
            precision=0.6147,
            recall=0.8875,
            f1=0.7263,
            intervals=RateIntervals(precision=(0.551, 0.675), recall=(0.829, 0.927), f1=(0.674, 0.772)),
            precision_change_percent=-8.25,
            warning=QualityWarning(
                text="Precision fell by 8.3 % of its baseline",
                action="Next scheduled retraining: Sunday 22 Nov 02:00 UTC",
                next_retraining=int((end + 90000) * 1000),
            ),
            maturity=LabelMaturity(
                labelled=12000, total=24810, percent=48.4, flagged_unlabelled=61, blocked_unlabelled=44
            ),
        )

    def _drift_features(self, rng: random.Random, start: float, end: float) -> DriftFeatures:
        """An example of it; a feature has one inner edge less than bins."""
        found: DriftFeatures = example(DriftFeatures, 0 if self.mood == "empty" else 3)
        features = [msgspec.structs.replace(one, edges=one.edges[1:]) for one in found.features]
        return msgspec.structs.replace(found, features=features)

    def _drift(self, rng: random.Random, start: float, end: float) -> Drift:
        midnights = [int((end // 86400 - 6 + i) * 86400000) for i in range(7)]
        nothing = Drift(
            threshold=0.15, watch=0.10, minimum=100, features=[], largest=None, status="unknown", n=0, version=7,
            days=[DayDivergence(day=day, kl=None, feature=None, n=0) for day in midnights],
        )  # fmt: skip
        if self.mood == "empty":
            return nothing
        values = [0.041, 0.043, 0.06, 0.082, 0.11, 0.128, 0.163]
        features = [
            FeatureDivergence(
                name=name,
                kl=round(0.163 * 0.72**i, 4),
                status="drifted" if not i else "watch" if i == 1 else "healthy",
            )
            for i, name in enumerate(FEATURES)
        ]
        days = [
            DayDivergence(day=day, kl=value, feature="price_deviation", n=3000 + 10 * i)
            for i, (day, value) in enumerate(zip(midnights, values, strict=True))
        ]
        return msgspec.structs.replace(
            nothing, features=features, largest=features[0].kl, status="drifted", n=21480, days=days
        )

    def _health(self, rng: random.Random, start: float, end: float) -> Health:
        if self.mood == "empty":
            return Health(services=[], host=None)
        names = [
            ("backend-api", "Backend API", 12),
            ("postgres", "PostgreSQL", 2.1),
            ("redis", "Redis Cache", 0.6),
            ("ml-inference", "ML Inference Service", 9),
            ("smart-contract-rpc", "Smart Contract RPC", 850 if self.mood == "busy" else 180),
            ("siem-collector", "SIEM Log Collector", 14000),
        ]
        services = [
            ServiceHealth(
                name=name, title=title, status="SLOW" if latency == 850 else "UP", latency_ms=latency + rng.random(),
                baseline_ms=200 if "rpc" in name else 50, uptime_percent=97.3 if latency == 850 else 99.98,
                checked_at=int((end - rng.randint(0, 6)) * 1000), detail="",
                suggestion="check the RPC provider's status or switch provider" if latency == 850 else None,
            )
            for name, title, latency in names
        ]  # fmt: skip
        host = HostSample(
            cpu_percent=37 + rng.random() * 20, cores=8, memory_used=int(11.2 * 2**30), memory_total=16 * 2**30,
            disk_used=402 * 2**30, disk_total=480 * 2**30, load1=2.31, at=int(end * 1000),
        )  # fmt: skip
        return Health(services=services, host=host)

    def _security(self, rng: random.Random, start: float, end: float) -> SecurityEvents:
        texts: list[tuple[Any, str, str]] = [
            ("critical", "Account locked after 3 failed MFA attempts", "mfa"),
            ("high", "Login from a new country for an admin account", "auth"),
            ("medium", "IP blocked for 60 minutes: over its rate limit", "rate-limit"),
            ("low", "Login of admin", "console"),
            ("low", "Policy checked", "policy"),
            ("medium", '=HYPERLINK("http://evil.example","x") in a user agent', "waf"),
        ]
        events = []
        first = int(end // 7)
        for index in range(0 if self.mood == "empty" else 120):
            one = random.Random(first - index)
            severity, text, source = one.choices(texts, weights=[1, 3, 8, 20, 20, 2])[0]
            events.append(
                SecurityEvent(
                    t=int((first - index) * 7000),
                    id=f"ev-{first - index}",
                    severity=severity,
                    text=text,
                    category="authentication",
                    action="login",
                    outcome="failure",
                    actor=one.choice(["u-37912", "admin", None, "svc-mint"]),
                    ip=f"198.51.100.{one.randint(1, 250)}",
                    correlation_id=f"c-{one.getrandbits(40):010x}",
                    source=source,
                )
            )
        kinds = ("critical", "high", "medium", "low")
        counts = {name: sum(event.severity == name for event in events) for name in kinds}
        return SecurityEvents(
            start=int(start * 1000), end=int(end * 1000), counts=SeverityCounts(**counts), events=events,
            total=len(events),
        )  # fmt: skip

    def _trouble(self, rng: random.Random, start: float, end: float) -> ActiveProblems:
        if self.trouble:
            return self.trouble
        if self.mood != "busy":
            return []
        hour = int(end // 3600 * 3600000)
        return [
            problem(
                "K2", "high", "Fraud rate above 3 %", "3.4 % over the last 10 minutes; the limit is 3 %",
                since=int((end - 720) * 1000) // 60000 * 60000, target="#alert_rules", incident="inc-a1",
                acknowledged_by=self.acknowledged.get("inc-a1"),
            ),
            problem(
                "precision", "medium", "Precision fell by 8.3 %", "0.615 against a baseline of 0.670",
                since=hour, target="#model",
            ),
            problem(
                "rpc", "medium", "Smart Contract RPC is SLOW", "850 ms against a baseline of 200 ms",
                since=hour, target="#health",
            ),
        ]  # fmt: skip

    def _changes(self, rng: random.Random, start: float, end: float) -> list[Change]:
        if self.mood == "empty":
            return []
        at = int((end - 2400) // 600 * 600_000)
        return [
            Change(t=at, kind="deploy", title="api 4f1c2b7", detail="after 8d0e11a", ref="7", service="api"),
            Change(
                t=at + 1_200_000, kind="policy", title="strict v4", detail="fraud threshold 0.50, by alerts", ref="4",
                service="",
            ),
        ]  # fmt: skip

    def _alerts(self, rng: random.Random, start: float, end: float) -> Alerts:
        """Twelve rules; A1 fires and A2 is pending in a busy world."""
        fired = int((end - 720) * 1000) // 60000 * 60000
        busy = self.mood == "busy"
        names: list[Any] = [
            ("A1", "Fraud rate above 3 %", "high", "fraud_rate", 3.42, ">", 3.0, "%"),
            ("A2", "API latency p95 above 100 ms", "medium", "api_latency_p95", 104.2, ">", 100.0, "ms"),
            ("A3", "Feature drift", "medium", "drift", 0.128, ">", 0.15, ""),
            ("A4", "Failed second factors", "critical", "mfa", 0.0, ">", 2.0, ""),
            *((f"R{i}", f"Rule number {i}", "low", f"metric_{i}", i * 1.5, ">", 40.0, "%") for i in range(8)),
        ]
        phases: dict[str, Any] = {"A1": "firing", "A2": "pending"} if busy else {}
        rules = [
            AlertRule(
                rule=rule, series="", title=title, severity=severity, metric=metric,
                phase=phases.get(rule, "inactive"), health="ok", silenced=False, value=value,
                limits=[(sign, limit)], unit=unit, words=[], since=fired, tells=True,
                incident="inc-a1" if phases.get(rule) == "firing" else None,
            )
            for rule, title, severity, metric, value, sign, limit, unit in names
        ]  # fmt: skip
        by = self.acknowledged.get("inc-a1")
        incident = OpenIncident(
            id="inc-a1", rule="A1", series="", kind="alert", severity="high",
            status="acknowledged" if by else "open", title="Fraud rate above 3 %",
            summary="3.4 % over the last 10 minutes; the limit is 3 %", value=3.42, limit=3.0, unit="%",
            began=fired, opened=fired, acknowledged_by=by, assignee=None, silenced_by=None,
        )  # fmt: skip
        span = AlertSpan(
            incident="inc-a1", rule="A1", series="", metric="fraud_rate", severity="high",
            title="Fraud rate above 3 %", start=fired, end=None,
        )  # fmt: skip
        change = PolicyChange(t=fired, version=4, profile="strict", fraud_threshold=0.5, actor="alerts")
        return Alerts(
            judged=self.mood != "empty",
            judged_at=None,
            rules=[] if self.mood == "empty" else rules,
            incidents=[incident] if busy else [],
            silences=[],
            spans=[span] if busy else [],
            policies=[change] if busy else [],
            actions_off=None,
        )

    def transaction(self, txn: str) -> Any:
        """The drawer's document, or None for an unknown id."""
        if not txn.startswith("tx_"):
            return None
        one = random.Random(txn)
        now = time.time()
        features = [
            {"name": name, "value": round(one.lognormvariate(1, 1), 3), "contribution": round(one.gauss(0.1, 0.6), 4)}
            for name in FEATURES
        ]
        history = [
            {
                "t": int((now - 400 * (i + 1)) * 1000),
                "transaction_id": f"tx_{one.getrandbits(32):08x}",
                "type": "purchase",
                "amount": round(one.lognormvariate(4, 1), 2),
                "score": round(one.random(), 3),
                "decision": "APPROVED",
            }
            for i in range(4)
        ]
        return {
            "id": txn,
            "transaction": {
                "t": int((now - 90) * 1000),
                "transaction_id": txn,
                "type": "purchase",
                "amount": 148.5,
                "platform_fee": 7.42,
                "wallet": "0x9f3a7c11",
                "counterparty": "0x71be0022",
                "event_id": "ev-204",
                "ip": "203.0.113.13",
            },
            "prediction": {
                "t": int((now - 90) * 1000),
                "score": 0.912,
                "decision": "BLOCKED",
                "flagged": True,
                "top_feature": "txn_velocity_1h",
                "top_value": 12,
                "top_feature_text": "txn_velocity_1h=12",
                "model_version": 7,
                "latency_ms": 3.2,
                "features": features,
                "explained": "stored",
            },
            "labels": [{"source": "chargeback", "label": "fraud", "t": int(now * 1000), "actor": None, "counts": True}],
            "wallet_history": {"transactions": history, "requests_last_hour": None, "errors_last_hour": None},
            "ip_history": {"transactions": history[:2], "requests_last_hour": 12, "errors_last_hour": 1},
        }


def serve(world: World, port: int = 0) -> ThreadingHTTPServer:
    """Serve `world` on a loopback port in a thread; the caller shuts the server down."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if world.dead:
                self.close_connection = True
                return
            parts = urlsplit(self.path)
            if parts.path == "/api/monitoring/snapshot":
                status, body = world.snapshot({name: values[0] for name, values in parse_qs(parts.query).items()})
            elif parts.path == "/api/v1/transaction":
                found = world.transaction(parse_qs(parts.query)["id"][0])
                status, body = (200, json.dumps(found).encode()) if found else (404, b"{}")
            else:
                status, body = 200, b"{}"
            self._send(status, body)

        def do_POST(self) -> None:
            world.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._send(202, b'{"accepted": 1, "rejected": []}')

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    serve(World(*sys.argv[2:3]), int(sys.argv[1]))
    threading.Event().wait()

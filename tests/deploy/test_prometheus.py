"""Debian's real Prometheus scrapes the running product: every target up, every expression answered."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parse

from core.http import HttpClient
from deploy.grafana.panels import expressions
from tests.deploy.programs import program
from tests.deploy.prometheus import SHIPPED, Prometheus
from tests.faults.load import Load
from tests.faults.rig import Rig
from tests.tree import ROOT

RULES = [
    rule
    for group in yaml.safe_load((SHIPPED / "rules" / "gatehouse.yml").read_text())["groups"]
    for rule in group["rules"]
]
_COMPARISON = re.compile(r" (==|>=|<=|>|<) (?=[\d.])")
pytestmark = pytest.mark.timeout(400)  # the whole product is started first
_ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<kind>\w+) \|[^|]*\| (?P<processes>[^|]+) \|")


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The whole product with a little traffic: every process has answered something."""
    program("prometheus", "prometheus")
    rig = Rig()
    try:
        rig.start()
        load = Load(rig.settings.api_url, rig.settings.scoring_url, rig.settings.own_token, "scraped")
        load.start()
        rig.wait(4.0)
        load.finish()
        yield rig
    finally:
        rig.close()


@pytest.fixture(scope="module")
def prometheus(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has scraped every process a few times."""
    addresses = {process: urlsplit(url).netloc for process, url in processes(rig).items()}
    made = Prometheus(program("prometheus", "prometheus"), tmp_path_factory.mktemp("prometheus"), addresses)
    client = HttpClient(rig.settings.scoring_url, token=rig.settings.own_token)
    scored = 0

    def settled() -> bool:
        nonlocal scored
        scored += 1
        body = {"transaction_id": f"while-scraped-{scored}", "features": {"amount": 80}}
        assert client.post_json("/predict", body, {"X-Correlation-ID": f"order-{scored}"}).status == 200
        rig.supervisor.look()
        counts = [sample["value"][1] for sample in made.value("count_over_time(up[1m])")]
        return len(counts) == len(addresses) and min(map(int, counts)) >= 4 and bool(made.value(RULES[0]["record"]))

    try:
        assert made.wait(settled, 60), "Prometheus has not scraped everything"
        yield made
    finally:
        made.stop()


def test_every_target_is_up(rig: Rig, prometheus: Prometheus) -> None:
    targets = prometheus.ask("targets")["activeTargets"]
    assert {(t["labels"]["process"], t["health"], t["lastError"]) for t in targets} == {
        (process, "up", "") for process in processes(rig)
    }


@pytest.mark.parametrize("expression", expressions())
def test_every_expression_of_the_dashboard_is_answered(prometheus: Prometheus, expression: str) -> None:
    assert prometheus.value(expression), f"no data: {expression}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("record") or rule["alert"])
def test_every_rule_has_data_to_judge(prometheus: Prometheus, rule: dict[str, str]) -> None:
    expression = rule["expr"] if "record" in rule else _COMPARISON.sub(r" \1 bool ", rule["expr"])
    if rule.get("alert") == "GatehouseDrift":  # a young installation has too few predictions to speak of drift
        expression = f"{expression} or vector(0)"
        assert prometheus.ask("metadata", metric="gatehouse_drift_kl")
    assert prometheus.value(expression), f"no data: {expression}"


def test_prometheus_took_our_rules_without_an_error(prometheus: Prometheus) -> None:
    groups = prometheus.ask("rules")["groups"]
    found = {rule["name"]: (rule["health"], rule.get("lastError")) for group in groups for rule in group["rules"]}
    assert found == {rule.get("record") or rule["alert"]: ("ok", None) for rule in RULES}


def test_a_slow_point_leads_to_its_correlation_id(prometheus: Prometheus) -> None:
    now = time.time()
    for metric in ("fraud_prediction_latency_seconds_bucket", "gatehouse_http_request_duration_seconds_bucket"):
        span = {"start": f"{now - 300:.0f}", "end": f"{now + 60:.0f}"}
        found = prometheus.ask("query_exemplars", query=f'{metric}{{process="scoring"}}', **span)
        ids = {exemplar["labels"]["correlation_id"] for series in found for exemplar in series["exemplars"]}
        assert any(name.startswith("order-") for name in ids), (metric, ids)


def test_the_document_lists_every_metric_and_no_other(rig: Rig) -> None:
    exposed: dict[str, tuple[str, set[str]]] = {}
    for process, url in processes(rig).items():
        for family in parse(HttpClient(url).get("/metrics").body.decode()):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            exposed.setdefault(name, (family.type, set()))[1].add(process)
    documented = {}
    for line in Path(ROOT / "docs" / "metrics.md").read_text().splitlines():
        if found := _ROW.match(line):
            named = found["processes"].strip()
            documented[found["name"]] = (
                found["kind"],
                set(processes(rig)) if named == "all" else set(named.split(", ")),
            )
    assert documented == exposed


def processes(rig: Rig) -> dict[str, str]:
    """Where each process answers, by the name that a scrape configuration gives it."""
    ports = {"collector": "metrics"}
    host, known = rig.settings.host, rig.settings.ports
    return {name: f"http://{host}:{known[ports.get(name, name)]}" for name in rig.supervisor.watched}

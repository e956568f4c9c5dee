"""Prometheus's rules: valid, right by promtool's unit tests, and equal to the rules that the alert worker judges."""

import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from alerts.durations import seconds
from tests.deploy.programs import program
from tests.tree import ROOT

FILE = ROOT / "deploy" / "prometheus" / "rules" / "gatehouse.yml"
OURS = {rule["id"]: rule for rule in tomllib.loads((ROOT / "config" / "rules.toml").read_text())["rule"]}
THEIRS: dict[str, dict[str, Any]] = {
    rule["labels"]["rule"]: rule
    for group in yaml.safe_load(FILE.read_text())["groups"]
    for rule in group["rules"]
    if "rule" in rule.get("labels", {})
}
RECORDED = {
    rule["record"]: rule["expr"]
    for group in yaml.safe_load(FILE.read_text())["groups"]
    for rule in group["rules"]
    if "record" in rule
}
# What stands in the expression for each parameter of ours: percent become ratios, milliseconds seconds.
LIMITS = {"A1": ("above", 100.0), "A2": ("above", 1000.0), "A3": ("above", 1.0), "A4": ("attempts", 1.0)}


@pytest.mark.parametrize("arguments", [("check", "rules", str(FILE)), ("test", "rules", "tests/deploy/rules_test.yml")])
def test_promtool_accepts_and_tests_the_rules(arguments: tuple[str, ...]) -> None:
    done = subprocess.run([program("promtool", "prometheus"), *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("id", sorted(LIMITS))
def test_a_rule_is_the_same_here_and_there(id: str) -> None:
    ours, theirs = OURS[id], THEIRS[id]
    name, scale = LIMITS[id]
    parameters = ours["parameters"]
    operator = ">=" if name == "attempts" else ">"
    assert f" {operator} {parameters[name] / scale:g}" in theirs["expr"]
    assert seconds(theirs.get("for", "0s")) == seconds(ours.get("for", 0))
    assert seconds(theirs["keep_firing_for"]) == seconds(ours["keep_firing_for"])
    assert theirs["labels"]["severity"] == ours["severity"]
    if "minimum" in parameters:
        assert f">= {parameters['minimum']}" in theirs["expr"]
    if id in ("A1", "A2"):
        expression = theirs["expr"] + "".join(text for name, text in RECORDED.items() if name in theirs["expr"])
        assert f'window="{parameters["window"]}"' in expression

"""The shipped rules load; what is wrong in rules.toml is named with its line, all of it at once."""

import shutil
from pathlib import Path

import pytest

from alerts import ruleset
from core import settings
from core.errors import ConfigError


def loaded(folder: Path, text: str | None = None) -> ruleset.Rules:
    shutil.copytree(settings.ROOT / "config", folder / "config")
    if text is not None:
        (folder / "config" / "rules.toml").write_text(text)
    return ruleset.load(settings.load({"GATEHOUSE_CONFIG": str(folder / "config")}))


def test_the_shipped_rules_are_those_of_the_reference(tmp_path: Path) -> None:
    rules = loaded(tmp_path).by_id()
    assert {"A1", "A2", "A3", "A4", "K1", "K2", "K3", "K4", "watchdog"} <= set(rules)
    a1, a2, a3, a4 = (rules[name] for name in ("A1", "A2", "A3", "A4"))
    assert (a1.parameters.above, a1.timing.hold, a1.config.severity) == (3.0, 600.0, "high")
    assert (a2.parameters.above, a2.timing.hold, a2.config.severity) == (100, 300.0, "medium")
    assert (a3.parameters.above, a3.timing.hold, a3.config.severity) == (0.15, 0.0, "medium")
    assert (a4.parameters.attempts, a4.timing.hold, a4.config.severity) == (3, 0.0, "critical")
    assert a1.config.channels == ["pagerduty"]
    assert a2.config.channels == ["slack-engineering"]


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = """[[rule]]
id = "one"
title = "t"
summary = "s"
kind = "window"
severity = "high"
channels = ["nobody"]
parameters = { metric = "fraud_rate", window = "10m", above = "3" }

[[rule]]
id = "one"
title = "t"
summary = "s"
kind = "fortune"
severity = "high"
when = "never"
"""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    found = caught.value.problems
    assert [problem.partition(": ")[0] for problem in found] == [f"rules.toml, line {n}" for n in (7, 8, 16, 11, 14)]
    assert "there is no channel 'nobody'" in found[0]
    assert "above: expected `float" in found[1]


def test_a_rule_on_the_wrong_side_of_its_limit_is_refused(tmp_path: Path) -> None:
    text = """[[rule]]
id = "one"
title = "t"
summary = "s"
kind = "window"
severity = "high"
[rule.parameters]
metric = "fraud_rate"
window = "10m"
above = 3
recovered_below = 5
"""
    with pytest.raises(ConfigError, match=r"rules.toml, line 7: .*recovered_below must not be greater"):
        loaded(tmp_path, text)


def test_the_fingerprint_changes_with_what_is_judged_and_not_with_words(tmp_path: Path) -> None:
    general = loaded(tmp_path)
    rule = general.by_id()["A1"]
    kinds, modes = {rule.config.kind: rule.kind}, {"strict-policy": "auto"}
    words = ruleset.build(_with(rule, title="Other"), general.settings, kinds, modes)
    limits = ruleset.build(_with(rule, hold="5m"), general.settings, kinds, modes)
    assert words.fingerprint == rule.fingerprint
    assert limits.fingerprint != rule.fingerprint


def _with(rule: ruleset.Rule, **changes: object) -> ruleset.RuleConfig:
    import msgspec

    return msgspec.structs.replace(rule.config, **changes)

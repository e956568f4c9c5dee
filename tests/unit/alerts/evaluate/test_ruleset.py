"""The shipped rules load; what is wrong in rules.toml is named with its line, all of it at once."""

import shutil
from pathlib import Path

import pytest

from alerts.evaluate import ruleset
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


DEPENDING = """[[rule]]
id = "one"
title = "t"
summary = "s"
kind = "{kind}"
severity = "high"
channels = ["log"]
watches = "{watches}"
depends_on = ["{needs}"]
parameters = {{ {parameters} }}
"""
WINDOW = 'metric = "fraud_rate", window = "10m", above = 3'


def test_a_name_that_nothing_could_stand_for_is_refused(tmp_path: Path) -> None:
    text = DEPENDING.format(kind="window", watches="", needs="colector", parameters=WINDOW)
    with pytest.raises(
        ConfigError, match=r"rules.toml, line 9: .*no service of services.toml or process is called 'colector'"
    ):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("kind", "watches", "needs", "parameters"),
    [("window", "feed", "feed", WINDOW), ("service", "", "postgres", "above = 1")],
)
def test_what_depends_on_itself_is_refused(
    tmp_path: Path, kind: str, watches: str, needs: str, parameters: str
) -> None:
    with pytest.raises(ConfigError, match=r"rules.toml, line 9: .*circular dependency: "):
        loaded(tmp_path, DEPENDING.format(kind=kind, watches=watches, needs=needs, parameters=parameters))


def test_services_that_need_one_another_or_nothing_known_are_refused(tmp_path: Path) -> None:
    loaded(tmp_path)
    services = tmp_path / "config" / "services.toml"
    text = services.read_text()
    for name, needs in (("redis", "postgres"), ("postgres", "redis"), ("smart-contract-rpc", "nothing")):
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\ndepends_on = ["{needs}"]\n')
    services.write_text(text)
    with pytest.raises(ConfigError) as caught:
        ruleset.load(settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config")}))
    found = "\n".join(caught.value.problems)
    assert "service 2.depends_on: circular dependency: redis needs postgres needs redis" in found
    assert "service 3.depends_on: circular dependency: postgres needs redis needs postgres" in found
    assert "called 'nothing'" in found


def test_the_shipped_rules_name_what_they_need_and_something_watches_it(tmp_path: Path) -> None:
    rules = loaded(tmp_path)
    needs = rules.dependencies
    assert needs.unwatched() == []
    missing = [rule.id for rule in rules.rules if rule.timing.no_data_after and not needs.rules[rule.id]]
    assert missing == ["processes", "canary", "watchdog"], "these are judged by the worker alone"
    critical = [rule for rule in rules.rules if rule.config.severity == "critical"]
    assert all(rule.config.inhibit in ("", "missing") for rule in critical)


def test_a_rule_that_tells_nobody_explains_nothing(tmp_path: Path) -> None:
    text = DEPENDING.format(kind="window", watches="feed", needs="collector", parameters=WINDOW)
    assert loaded(tmp_path, text.replace('channels = ["log"]', "channels = []")).dependencies.sources == {}


def test_the_check_says_how_messages_are_grouped_and_held_back(tmp_path: Path) -> None:
    said = ruleset.told_together(loaded(tmp_path))
    assert said[0].startswith(
        "storms: one message per rule and channel, the next after 10 s, then rarer up to every 5 min"
    )
    assert any(
        line.startswith("while processes/collector fires, notifications are suppressed for: A1, ") for line in said
    )


def test_a_longest_pause_shorter_than_the_wait_is_refused(tmp_path: Path) -> None:
    loaded(tmp_path)
    alerts = tmp_path / "config" / "alerts.toml"
    alerts.write_text(alerts.read_text().replace('longest = "5m"', 'longest = "5s"'))
    with pytest.raises(ConfigError, match="longest must not be shorter than wait"):
        ruleset.load(settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config")}))

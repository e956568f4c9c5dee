"""The rules in force: configuration checked as a whole, each with its kind and typed parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from alerts import rule as contract
from alerts.action import ActionsConfig
from alerts.channel import ChannelNames
from alerts.config import AlertsConfig, RuleConfig, RulesConfig
from alerts.machine import Timing
from alerts.rule import Kind
from core import codec, typed
from core.durations import seconds
from core.errors import ConfigError
from core.settings import Settings
from core.toml_lines import line_of


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be judged. `fingerprint` changes when what it judges by changes."""

    config: RuleConfig
    kind: Kind
    parameters: Any
    timing: Timing
    fingerprint: str
    actions: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """Its name in messages, such as A1."""
        return self.config.id


@dataclass(frozen=True)
class Rules:
    """`rules.toml` and `alerts.toml` as a whole."""

    settings: AlertsConfig
    rules: tuple[Rule, ...]

    def by_id(self) -> dict[str, Rule]:
        """The rules by their id."""
        return {rule.id: rule for rule in self.rules}


def load(known: Settings) -> Rules:
    """Read and check everything. Raises ConfigError with every problem found, each with its line."""
    general = known.section("alerts", AlertsConfig, variables=True)
    listed = known.section("rules", RulesConfig).rule
    actions = known.section("actions", ActionsConfig).action
    channels = {channel.name for channel in known.section("channels", ChannelNames).channel}
    text = (known.config_dir / "rules.toml").read_text()
    kinds = contract.all_kinds()
    problems = _unknown_in_general(general, channels)
    rules = []
    calendars = set(known.config.windows)
    for number, config in enumerate(listed):
        modes = {action.name: action.modes.get(config.id, action.mode) for action in actions}
        problems += [
            _told(text, number, field, f"there is no {what} {name!r}")
            for field, what, names, known_names in (
                ("channels", "channel", config.channels, channels),
                ("escalate", "channel", config.escalate, channels),
                ("actions", "action", config.actions, set(modes)),
                ("quiet", "calendar", config.quiet, calendars),
                ("when", "calendar", [config.when] if config.when else [], calendars),
            )
            for name in names
            if name not in known_names
        ]
        if config.id in [other.id for other in listed[:number]]:
            problems.append(_told(text, number, "id", f"another rule is called {config.id!r} already"))
        if config.kind not in kinds:
            problems.append(
                _told(text, number, "kind", f"there is no kind {config.kind!r}; known: {', '.join(sorted(kinds))}")
            )
            continue
        base = f"$.rule[{number}].parameters"
        _, wrong = typed.convert(config.parameters, kinds[config.kind].Parameters, "rules.toml", text, base)
        problems += wrong
        if not wrong:
            rules.append(build(config, general, kinds, modes))
    if problems:
        raise ConfigError(problems)
    return Rules(general, tuple(rules))


def build(config: RuleConfig, general: AlertsConfig, kinds: Mapping[str, Kind], modes: Mapping[str, str]) -> Rule:
    """A rule from its configuration. Raises msgspec.ValidationError when its parameters are not those of its kind."""
    kind = kinds[config.kind]
    parameters = msgspec.convert(config.parameters, kind.Parameters)
    timing = Timing(
        hold=seconds(config.hold),
        keep=seconds(config.keep_firing_for),
        no_data_after=seconds(config.no_data_after),
        reopen_after=seconds(config.reopen_after),
        flap_firings=general.flapping.firings,
        flap_within=seconds(general.flapping.within),
        flap_calm=seconds(general.flapping.calm),
    )
    judged_by = [config.kind, config.parameters, timing, config.when]
    digest = blake2b(codec.encode(msgspec.to_builtins(judged_by)), digest_size=8).hexdigest()
    actions = tuple((name, modes.get(name, "suggest")) for name in config.actions)
    return Rule(config, kind, parameters, timing, digest, actions)


def _unknown_in_general(general: AlertsConfig, channels: set[str]) -> list[str]:
    told = {"notices": general.notices, "canary.channel": [general.canary.channel] if general.canary.channel else []}
    return [
        f"alerts.toml: {place}: there is no channel {name!r}"
        for place, names in told.items()
        for name in names
        if name not in channels
    ]


def _told(text: str, number: int, field: str, problem: str) -> str:
    line = line_of(text, ("rule", number, field))
    return f"rules.toml, line {line}: rule {number + 1}.{field}: {problem}"

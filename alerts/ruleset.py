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
from core import codec
from core.durations import seconds
from core.errors import ConfigError
from core.settings import Settings


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
    """Read and check everything. Raises ConfigError with every problem found."""
    general = known.section("alerts", AlertsConfig)
    listed = known.section("rules", RulesConfig).rule
    actions = known.section("actions", ActionsConfig).action
    channels = {channel.name for channel in known.section("channels", ChannelNames).channel}
    problems: list[str] = []
    rules = []
    kinds = contract.all_kinds()
    for number, config in enumerate(listed, 1):
        where = f"rules.toml: rule {number} ({config.id})"
        modes = {action.name: action.modes.get(config.id, action.mode) for action in actions}
        found = _problems(config, known, channels, set(modes))
        if [other.id for other in listed].count(config.id) > 1:
            found.append("another rule has the same id")
        try:
            rules.append(build(config, general, kinds, modes))
        except (ValueError, msgspec.ValidationError) as error:
            found.append(str(error))
        problems += [f"{where}: {problem}" for problem in found]
    if problems:
        raise ConfigError(problems)
    return Rules(general, tuple(rules))


def build(config: RuleConfig, general: AlertsConfig, kinds: dict[str, Kind], modes: Mapping[str, str]) -> Rule:
    """A rule from its configuration. Raises ValueError or msgspec.ValidationError."""
    if config.kind not in kinds:
        raise ValueError(f"there is no kind {config.kind!r}; known: {', '.join(kinds)}")
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


def _problems(config: RuleConfig, known: Settings, channels: set[str], actions: set[str]) -> list[str]:
    found = []
    for what, names, there in (
        ("channel", [*config.channels, *config.escalate], channels),
        ("action", config.actions, actions),
        ("calendar", [*config.quiet, *([config.when] if config.when else [])], set(known.config.windows)),
    ):
        found += [f"there is no {what} {name!r}" for name in names if name not in there]
    return found

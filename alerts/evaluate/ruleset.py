"""The rules in force: configuration checked as a whole, each with its kind and typed parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from alerts import durations
from alerts.config import AlertsConfig, RuleConfig, RulesConfig
from alerts.durations import seconds
from alerts.evaluate import dependencies, summary_template
from alerts.evaluate import rule as contract
from alerts.evaluate.dependencies import PROCESSES, Dependencies, Source
from alerts.evaluate.machine import Timing
from alerts.evaluate.rule import Kind
from alerts.notify.channel import ChannelNames
from alerts.respond.action import ActionsConfig
from core import codec, toml_validation
from core.config import Calendar
from core.config_values import url_parts
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
    fault_channels: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name in messages, such as A1."""
        return self.config.id

    def channels(self, kind: str) -> list[str]:
        """Where an incident of this kind is told: that it cannot be evaluated must reach somebody in any case."""
        return self.config.channels or (list(self.fault_channels) if kind == "error" else [])


@dataclass(frozen=True)
class Rules:
    """`rules.toml` and `alerts.toml` as a whole, and the calendars that rules name."""

    settings: AlertsConfig
    rules: tuple[Rule, ...]
    windows: Mapping[str, Calendar] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)
    apart: frozenset[str] = frozenset()  # channels to which each incident is told by itself

    def by_id(self) -> dict[str, Rule]:
        """The rules by their id."""
        return {rule.id: rule for rule in self.rules}


def load(known: Settings) -> Rules:
    """Read and check everything. Raises ConfigError with every problem found, each with its line."""
    general = known.section("alerts", AlertsConfig, variables=True)
    listed = known.section("rules", RulesConfig).rule
    actions = known.section("actions", ActionsConfig).action
    named = known.section("channels", ChannelNames).channel
    channels = {channel.name for channel in named}
    text = (known.config_dir / "rules.toml").read_text()
    kinds = contract.all_kinds()
    problems = _wrong_in_general(known, general, channels)
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
        if config.when and config.when in calendars and known.config.windows[config.when].is_empty:
            problems.append(
                _told(text, number, "when", f"the calendar {config.when!r} has no time window, so it is never active")
            )
        if config.id in [other.id for other in listed[:number]]:
            problems.append(_told(text, number, "id", f"another rule already has the id {config.id!r}"))
        if config.kind not in kinds:
            problems.append(
                _told(text, number, "kind", f"there is no kind {config.kind!r}; known: {', '.join(sorted(kinds))}")
            )
            continue
        kind = kinds[config.kind]
        if why := summary_template.problem(config.summary, kind.FACTS):
            problems.append(_told(text, number, "summary", why))
        base = f"$.rule[{number}].parameters"
        parameters, wrong = toml_validation.convert(config.parameters, kind.Parameters, "rules.toml", text, base)
        if not wrong:
            beside: list[str] = kind.check(parameters, known) if hasattr(kind, "check") else []
            wrong = [_told(text, number, "parameters", one) for one in beside]
        problems += wrong
        if not wrong:
            rules.append(build(config, general, kinds, modes))
    needs = depending(known, rules)
    problems += _wrong_dependencies(known, listed, rules, needs, text)
    if problems:
        raise ConfigError(problems)
    apart = frozenset(channel.name for channel in named if not channel.groups)
    return Rules(general, tuple(rules), known.config.windows, needs, apart)


def told_together(rules: Rules) -> list[str]:
    """How messages are grouped and held back, in lines for people."""
    grouping, needs = rules.settings.grouping, rules.dependencies
    wait, interval = (durations.text(seconds(length)) for length in (grouping.wait, grouping.longest))
    alone = [rule.id for rule in rules.rules if not rule.config.group]
    said = [f"storms: one message per rule and channel, the next after {wait}, then rarer up to every {interval}"]
    said[0] += f"; never grouped: rules {', '.join(alone)}" if alone else ""
    said[0] += f"; not in the channels {', '.join(sorted(rules.apart))}" if rules.apart else ""
    for name, sources in sorted(needs.sources.items()):
        follow = [rule for rule, names in needs.rules.items() if name in names]
        follow += [f"{service} (service)" for service, names in needs.services.items() if name in names]
        if follow:
            watching = ", ".join(f"{rule}/{series}" if series else rule for rule, series in sources)
            said.append(f"while {watching} fires, notifications are suppressed for: {', '.join(follow)}")
    return said + [f"no rule monitors {name}, although others depend on it" for name in needs.unwatched()]


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
    return Rule(config, kind, parameters, timing, digest, actions, tuple(general.faults or general.notices))


def depending(known: Settings, rules: Sequence[Rule]) -> Dependencies:
    """What depends on what. A rule that tells nobody is no cause: nobody would hear of what follows from it."""
    told = [rule for rule in rules if rule.config.channels and rule.config.incident]
    watched = [(rule.config.watches, Source(rule.id, None)) for rule in told if rule.config.watches]
    for rule in told:
        watched += [(name, Source(rule.id, name)) for name in things(rule, known)]
    return Dependencies(
        dependencies.sources(watched),
        {rule.id: tuple(rule.config.depends_on) for rule in rules},
        {service.name: tuple(service.depends_on) for service in known.config.services.service},
        frozenset(rule.id for rule in rules if rule.config.kind == "service"),
    )


def things(rule: Rule, known: Settings) -> list[str]:
    """What a rule watches by its kind."""
    found: list[str] = rule.kind.things(rule.parameters, known) if hasattr(rule.kind, "things") else []
    return found


def _wrong_dependencies(
    known: Settings, listed: Sequence[RuleConfig], rules: Sequence[Rule], needs: Dependencies, text: str
) -> list[str]:
    """Names that nothing could stand for, and what depends on itself."""
    services, said = known.config.services.service, (known.config_dir / "services.toml").read_text()
    names = {service.name for service in services} | set(PROCESSES) | {one.watches for one in listed if one.watches}
    names |= {name for rule in rules for name in things(rule, known)}
    wrong = [
        _told(text, number, "depends_on", words)
        for number, one in enumerate(listed)
        for words in _wrong_names(one.depends_on, names, needs)
    ]
    for number, service in enumerate(services):
        line = line_of(said, ("service", number, "depends_on"))
        place = f"services.toml, line {line}: service {number + 1}.depends_on"
        wrong += [f"{place}: {words}" for words in _wrong_names(service.depends_on, names, needs)]
    return wrong


def _wrong_names(depends_on: Sequence[str], names: set[str], needs: Dependencies) -> list[str]:
    return [
        f"no service of services.toml or process is called {name!r}, and no rule monitors it; known: "
        f"{', '.join(sorted(names))}"
        for name in depends_on
        if name not in names
    ] + [f"circular dependency: {' needs '.join(circle)}" for name in depends_on if (circle := needs.cycle(name))]


def _wrong_in_general(known: Settings, general: AlertsConfig, channels: set[str]) -> list[str]:
    text = (known.config_dir / "alerts.toml").read_text()
    canary = [general.canary.channel] if general.canary.channel else []
    told = {("notices",): general.notices, ("faults",): general.faults, ("canary", "channel"): canary}
    found = [
        f"alerts.toml, line {line_of(text, place)}: {'.'.join(map(str, place))}: there is no channel {name!r}"
        for place, names in told.items()
        for name in names
        if name not in channels
    ]
    if (url := known.secret(general.heartbeat.url)) and url_parts(url) is None:
        found.append(f"{general.heartbeat.url} (heartbeat.url of alerts.toml) is not an http or https URL")
    return found


def _told(text: str, number: int, field: str, problem: str) -> str:
    line = line_of(text, ("rule", number, field))
    return f"rules.toml, line {line}: rule {number + 1}.{field}: {problem}"

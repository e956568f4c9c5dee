"""The contract of an action (A10), and the type of config/actions.toml.

A kind of action is a module of `alerts/respond/actions/` with KIND, Parameters, apply and, where it can be undone,
revert;
`check(parameters, settings)`, where it has one, says what is wrong with parameters beside the other files.
Two sorts:

* One that changes only our own tables has no `plan`; `apply` and `revert` get the transaction in which the run is
  recorded (`context.connection`), so the change and its record are one.
* One that reaches outside has a `plan`, which reads and computes the absolute values to set. They are stored before the
  first call, so that `apply` and `revert`, which get no connection, may be done again and change nothing more.

`apply` and `revert` raise `Declined` when they will not, `Permanent` when trying again cannot help, and any
`Unreachable` when it can. Whatever they do is bounded by `alerts.respond.bounds` before they are called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, Protocol, cast

import msgspec
from msgspec import Meta

from alerts.respond.bounds import Bounds, NotNegative
from core.alerting.action_runs import Mode, Run
from core.config import Count, Frozen, Minutes
from core.discovery import kinds
from core.errors import ConfigError, GatehouseError
from core.settings import Settings
from core.stores import Stores

PACKAGE = "alerts.respond.actions"


class Declined(GatehouseError):
    """The action will not do this, for a reason that people should read; nothing was changed."""


class Permanent(GatehouseError):
    """It cannot be done, and trying again cannot help."""


class Artefact(NamedTuple):
    """Something that is kept with the run."""

    name: str
    content_type: str
    body: bytes


class Plan(NamedTuple):
    """What stands outside now, and the absolute values that will be set."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActionResult:
    """How it went, in a sentence. `changed` False: it was so already, and does not count for the bounds.

    `then` is called after the commit, for what may be lost without harm (telling readers in a hurry).
    """

    message: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    changed: bool = True
    artefacts: tuple[Artefact, ...] = ()
    then: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """What an action may know of its incident. `details` are the rule's."""

    id: str
    rule: str
    series: str
    severity: str
    title: str
    summary: str
    status: str
    correlation_id: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What an action works with. `others` are further runs of the same action that are in force, oldest first.

    `actor` is how it signs: `action:<name>`. `connection` is None for what reaches outside.
    """

    stores: Stores
    settings: Settings
    incident: Incident
    parameters: Any
    now: float
    actor: str
    others: tuple[Run, ...] = ()
    connection: Any = None

    @property
    def why(self) -> str:
        """The reason that goes into records of other rooms."""
        return f"{self.incident.rule}: {self.incident.title}"


Work = Callable[[ActionContext, Run], ActionResult]


class Kind(Protocol):
    """What a module of `alerts/respond/actions/` offers; `revert(context, run)` and `plan(context, run)` where it has
    them.
    """

    KIND: str
    Parameters: type[msgspec.Struct]

    @property
    def apply(self) -> Work:
        """Do it."""


class ActionConfig(Frozen, frozen=True):
    """One `[[action]]`: its name, kind, mode (by rule where `modes` names one), bounds, tries, and its own settings."""

    name: str
    kind: str
    mode: Mode
    cooldown_minutes: NotNegative
    per_hour: Count
    revert_after_minutes: Minutes | None = None
    least_minutes: NotNegative = 0.0
    attempts: Annotated[int, Meta(ge=1, le=1000)] = 5
    modes: dict[str, Mode] = {}
    parameters: dict[str, Any] = {}

    @property
    def bounds(self) -> Bounds:
        """What `alerts.respond.bounds` judges by."""
        return Bounds(self.cooldown_minutes, self.per_hour, self.revert_after_minutes, self.least_minutes)


class ActionsConfig(Frozen, frozen=True):
    """The whole of actions.toml."""

    action: list[ActionConfig]


@dataclass(frozen=True, slots=True)
class Action:
    """A configured action, ready to be done. Without `revert` it has nothing to revert by itself."""

    config: ActionConfig
    parameters: Any
    apply: Work
    revert: Work | None = None
    planning: Callable[[ActionContext, Run], Plan] | None = None

    @property
    def outside(self) -> bool:
        """Whether it reaches outside our own tables."""
        return self.planning is not None

    @property
    def undoes(self) -> bool:
        """Whether it can be undone."""
        return self.revert is not None

    def undo(self, context: ActionContext, run: Run) -> ActionResult:
        """Revert it. Raises Permanent for a kind that has nothing to revert."""
        if self.revert is None:
            raise Permanent(f"{self.config.kind} has nothing to revert")
        return self.revert(context, run)

    def plan(self, context: ActionContext, run: Run) -> Plan:
        """The absolute values that `apply` will set. Raises Permanent for a kind that sets none."""
        if self.planning is None:
            raise Permanent(f"{self.config.kind} changes nothing outside Gatehouse")
        return self.planning(context, run)


@dataclass(frozen=True)
class Actions:
    """Every configured action by name."""

    by_name: Mapping[str, Action] = field(default_factory=dict)

    def mode(self, name: str, rule: str) -> Mode:
        """Whether this action is done at once for this rule, or waits for a person. Raises ConfigError."""
        if name not in self.by_name:
            raise ConfigError([f"actions.toml has no action {name!r}; it has {', '.join(sorted(self.by_name))}"])
        config = self.by_name[name].config
        return config.modes.get(rule, config.mode)


def load(settings: Settings) -> Actions:
    """The actions of actions.toml. Raises ConfigError with every problem, named by action and field."""
    config = settings.section("actions", ActionsConfig, variables=True)
    known = all_kinds()
    problems: list[str] = []
    found: dict[str, Action] = {}
    for one in config.action:
        where = f"actions.toml, action {one.name!r}"
        if one.name in found:
            problems.append(f"{where}: the name is used twice")
        if one.kind not in known:
            problems.append(f"{where}: there is no kind {one.kind!r}; there are {', '.join(sorted(known))}")
            continue
        kind = known[one.kind]
        revert, plan = getattr(kind, "revert", None), getattr(kind, "plan", None)
        if revert and one.revert_after_minutes is None:
            problems.append(f"{where}: revert_after_minutes is missing; what {one.kind} changes must have an end")
        if not revert and one.revert_after_minutes is not None:
            problems.append(f"{where}: revert_after_minutes is set, but {one.kind} has nothing to revert")
        if one.least_minutes > (one.revert_after_minutes or 0.0):
            problems.append(f"{where}: least_minutes is longer than revert_after_minutes")
        try:
            parameters = msgspec.convert(one.parameters, kind.Parameters)
        except msgspec.ValidationError as error:
            problems.append(f"{where}, parameters: {error}")
            continue
        beside: list[str] = kind.check(parameters, settings) if hasattr(kind, "check") else []
        problems += [f"{where}, parameters: {reason}" for reason in beside]
        found[one.name] = Action(one, parameters, kind.apply, revert, plan)
    if problems:
        raise ConfigError(problems)
    return Actions(found)


def all_kinds() -> dict[str, Kind]:
    """Every kind of action by its name. Raises ConfigError when a module is incomplete."""
    return cast(dict[str, Kind], kinds(PACKAGE, "Parameters", "apply"))

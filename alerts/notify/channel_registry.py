"""The channels of config/channels.toml, each with the module of its kind; all problems of the file named at once."""

from functools import reduce
from operator import or_
from typing import Any

import msgspec

from alerts.notify.channel import ChannelConfig, Kind
from alerts.notify.http_transport import Wire
from alerts.notify.stages.record import DeliveryConfig
from core import discovery
from core.errors import ConfigError
from core.settings import Settings

LOG = "log"


def load(settings: Settings) -> tuple[DeliveryConfig, list[tuple[Kind, ChannelConfig]]]:
    """How messages are delivered, and every channel. A channel `log` is always there.

    Raises ConfigError naming file and field.
    """
    kinds: dict[str, Any] = discovery.kinds("alerts.notify.channels", "Parameters", "missing", "send")
    either: Any = reduce(or_, (module.Parameters for module in kinds.values()))
    fields = [("channel", list[either], []), ("delivery", DeliveryConfig, DeliveryConfig())]
    shape = msgspec.defstruct("Channels", fields, forbid_unknown_fields=True)
    config: Any = settings.section("channels", shape, variables=True)
    found: list[ChannelConfig] = list(config.channel)
    if all(one.name != LOG for one in found):
        found.append(kinds[LOG].Parameters(name=LOG))
    if problems := _problems(found, config.delivery):
        raise ConfigError([f"channels.toml: {problem}" for problem in problems])
    return config.delivery, [(kinds[str(one.__struct_config__.tag)], one) for one in found]


def lacking(settings: Settings) -> list[tuple[str, list[str]]]:
    """Each channel and what it lacks to work. Raises ConfigError naming file and field."""
    wire = Wire(settings.secret)
    return [(parameters.name, kind.missing(parameters, wire)) for kind, parameters in load(settings)[1]]


def _problems(found: list[ChannelConfig], delivery: DeliveryConfig) -> list[str]:
    names = [one.name for one in found]
    problems = [f"two channels are named {name!r}" for name in sorted({n for n in names if names.count(n) > 1})]
    for one in found:
        if one.fallback == one.name:
            problems.append(f"channel {one.name!r} is its own fallback")
        elif one.fallback and one.fallback not in names:
            problems.append(f"the fallback {one.fallback!r} of channel {one.name!r} is not a channel")
    if delivery.last_resort not in names:
        problems.append(f"[delivery] last_resort {delivery.last_resort!r} is not a channel")
    slowest = max(one.timeout for one in found)
    if delivery.claim_seconds < 2 * slowest:
        problems.append(f"[delivery] claim_seconds must be at least twice the longest timeout ({slowest:g})")
    return problems

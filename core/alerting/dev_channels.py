"""Where a machine without real channels sends its messages: the local receivers of the simulator.

The same variables that an installation sets for PagerDuty and the rest, pointing at loopback; so a local stack runs
the code that production runs. A secret of channels.toml that this module does not know gets a value by its name, so
that a new channel needs no line here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from core import secret_bundle
from core.settings import Settings

# Any of these set means that somebody configured a real channel.
REAL = (
    "GATEHOUSE_PAGERDUTY_ROUTING_KEY",
    "GATEHOUSE_SLACK_WEBHOOK_URL",
    "GATEHOUSE_SMTP_URL",
    "GATEHOUSE_TWILIO_TOKEN",
    "GATEHOUSE_WEBHOOK_URL",
    "GATEHOUSE_ALERTMANAGER_URL",
    "GATEHOUSE_HEARTBEAT_URL",
    secret_bundle.VARIABLE,
)
_NAME = re.compile(r"GATEHOUSE_[A-Z0-9_]+\Z")

# Opens the page of the local receivers; for the person at the terminal only.
PAGE_TOKEN = "GATEHOUSE_RECEIVERS_TOKEN"


def declared(settings: Settings) -> frozenset[str]:
    """The secrets that channels.toml names. Raises ConfigError."""
    return frozenset(_names(settings.section("channels", dict[str, Any])))


def is_configured(environ: Mapping[str, str], declared: Iterable[str] = ()) -> bool:
    """Whether the environment names a real channel, one of our own kinds or of another."""
    others = set(declared) - variables("", 0, 0, "", lambda _: "").keys()
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in (*REAL, *others))


def variables(
    host: str,
    port: int,
    smtp_port: int,
    certificate: str,
    token: Callable[[str], str],
    declared: Iterable[str] = (),
) -> dict[str, str]:
    """The variables for receivers at `port` and `smtp_port`; `token(name)` gives 32 or more random hex digits.

    Of further `declared` secrets GATEHOUSE_X_URL leads to the path `/x` of the receivers, and any other is a token.
    """
    base = f"http://{host}:{port}"
    known = {
        "GATEHOUSE_PAGERDUTY_URL": base,
        "GATEHOUSE_PAGERDUTY_ROUTING_KEY": token("pagerduty")[:32],
        "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET": token("pagerduty-webhook"),
        "GATEHOUSE_SLACK_WEBHOOK_URL": f"{base}/services/T0LOCAL/B0LOCAL/{token('slack')[:24]}",
        "GATEHOUSE_SMTP_URL": f"smtp://gatehouse:{token('smtp')}@{host}:{smtp_port}",
        "GATEHOUSE_SMTP_CA": certificate,
        "GATEHOUSE_EMAIL_SENDER": "gatehouse@localhost.example",
        "GATEHOUSE_EMAIL_TO": "ml-team@localhost.example",
        "GATEHOUSE_TWILIO_URL": base,
        "GATEHOUSE_TWILIO_ACCOUNT": f"AC{token('twilio-account')[:32]}",
        "GATEHOUSE_TWILIO_TOKEN": token("twilio")[:32],
        "GATEHOUSE_SMS_SENDER": "+15005550006",
        "GATEHOUSE_SMS_TO": "+15005550009",
        "GATEHOUSE_WEBHOOK_URL": f"{base}/webhook",
        "GATEHOUSE_WEBHOOK_KEY": token("webhook"),
        "GATEHOUSE_HEARTBEAT_URL": f"{base}/heartbeat/{token('heartbeat')[:24]}",
    }
    return known | {name: _value(name, base, token) for name in sorted(declared) if name not in known}


def _value(name: str, base: str, token: Callable[[str], str]) -> str:
    slug = name.removeprefix("GATEHOUSE_").lower().replace("_", "-")
    return f"{base}/{slug.removesuffix('-url')}" if slug.endswith("-url") else token(slug)


def _names(value: Any) -> Iterator[str]:
    """Every text in it that is the name of a secret and nothing else."""
    if isinstance(value, str) and _NAME.match(value):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _names(inner)

"""Where a machine without real channels sends its messages: the local receivers of the simulator. Pure.

The same variables that an installation sets for PagerDuty and the rest, pointing at loopback; so a local stack runs
the code that production runs.
"""

from collections.abc import Callable, Mapping

# Any of these set means that somebody configured a real channel.
REAL = (
    "GATEHOUSE_PAGERDUTY_ROUTING_KEY",
    "GATEHOUSE_SLACK_WEBHOOK_URL",
    "GATEHOUSE_SMTP_URL",
    "GATEHOUSE_TWILIO_TOKEN",
    "GATEHOUSE_WEBHOOK_URL",
    "GATEHOUSE_ALERTMANAGER_URL",
    "GATEHOUSE_HEARTBEAT_URL",
)

# Opens the page of the local receivers; for the person at the terminal only.
PAGE_TOKEN = "GATEHOUSE_RECEIVERS_TOKEN"


def is_configured(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a real channel."""
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in REAL)


def variables(host: str, port: int, smtp_port: int, certificate: str, token: Callable[[str], str]) -> dict[str, str]:
    """The variables for receivers at `port` and `smtp_port`; `token(name)` gives 32 or more random hex digits."""
    base = f"http://{host}:{port}"
    return {
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

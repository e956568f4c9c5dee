"""Secrets of channels, all in one variable: what config/channels.toml names, whatever the kinds of its channels.

Deployment templates pass this one on, so that a new channel changes none of them. It is a JSON object of names and
texts, as Secrets Manager keeps pairs: `{"GATEHOUSE_SLACK_WEBHOOK_URL": "https://…"}`.
"""

import re

from core import codec

VARIABLE = "GATEHOUSE_CHANNEL_SECRETS"
_NAME = re.compile(r"GATEHOUSE_[A-Z0-9_]+\Z")


def read(text: str, problems: list[str]) -> dict[str, str]:
    """The secrets by their names; what is wrong is added to `problems`, without any secret."""
    if not text:
        return {}
    try:
        found = codec.decode(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        problems.append(f'{VARIABLE} must be a JSON object: {{"GATEHOUSE_SLACK_WEBHOOK_URL": "https://…"}}')
        return {}
    wrong = [f"{VARIABLE}: {name[:60]!r} is no name of a secret; it must start with GATEHOUSE_"
             for name in found if not _NAME.match(name)]  # fmt: skip
    wrong += [f"{VARIABLE}: {name} must be a text" for name, value in found.items() if not isinstance(value, str)]
    problems += wrong
    return {} if wrong else found

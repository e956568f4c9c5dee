"""How a request of our own is named where it is kept: by its route, never by what was put into it.

A path can hold a secret: the one-time link of an invitation, or one that was mistyped. So logs, request events, access
logs and security events get `/admin/monitoring/login/invitation/<token>`; a path without a route keeps its short,
readable parts only. Queries are kept nowhere.
"""

import re
from typing import Any

ROUTE = "gatehouse.route"  # environ key of the name
HIDDEN = "<hidden>"
MOST_PARTS = 12
_PLAIN = re.compile(r"[A-Za-z_.~-]{1,24}|[A-Za-z0-9_.~-]{1,12}")


def name(rule: Any, path: str) -> str:
    """The route of a request, by Werkzeug's rule or None; `path` as a text."""
    return str(rule.rule) if rule is not None and rule.rule else scrubbed(path)


def scrubbed(path: str) -> str:
    """A path that leads nowhere, without what could be a secret."""
    parts = path.partition("?")[0].split("/")[:MOST_PARTS]
    return "/".join(part if not part or _PLAIN.fullmatch(part) else HIDDEN for part in parts) or "/"

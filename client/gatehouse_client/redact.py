"""Takes what looks like a secret out of messages and source lines before they leave the application.

The server has the same rules, for senders that have none.
"""

from __future__ import annotations

import re

HIDDEN = "[redacted]"
# Each pattern reads a text in linear time; what group 1 holds stays.
RULES = (
    re.compile(r"(-----BEGIN [A-Z ]{1,40}-----)[A-Za-z0-9+/=\s\\]{1,8000}(?:-----END [A-Z ]{1,40}-----)?"),
    re.compile(r"([a-z][a-z0-9+.\-]{1,20}://)[^/\s:@'\"]{0,200}:[^/\s@'\"]{1,200}@", re.IGNORECASE),
    re.compile(r"([?&][A-Za-z0-9_.\-\[\]]{1,60}=)[^&\s'\"#<>]{1,2000}"),
    re.compile(r"\b((?:Bearer|Basic|Token|Digest)\s)[A-Za-z0-9+/=_.~\-]{6,2000}", re.IGNORECASE),
    re.compile(
        r"((?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?"
        r"|authorization|cookie|session[_-]?id|csrf|signature|otp|cvv|cvc|pin)[\"']{0,2}\s{0,3}[=:]\s{0,3})(?!\[redacted)"
        r"(?:\"[^\"\n]{1,500}\"?|'[^'\n]{1,500}'?|[^\s,;&)}\]\"']{1,500})",
        re.IGNORECASE,
    ),
    re.compile(r"()\beyJ[A-Za-z0-9_\-]{8,2000}(?:\.[A-Za-z0-9_\-]{0,2000}){0,2}"),
    re.compile(
        r"\b()(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:gh[opsu]|glpat|xox[abprs]|sk|pk|rk|gate)[_-][A-Za-z0-9_\-]{10,200}"
    ),
    re.compile(r"()\b(?=[A-Za-z+]{0,200}\d)(?=[0-9+]{0,200}[A-Za-z])[A-Za-z0-9+]{32,2000}={0,2}"),
)


CARD = re.compile(r"(?<![\d.\-])\d(?:[ \-]?\d){12,18}(?![\d.\-])")


def redacted(text: str) -> str:
    """The text without what looks like a secret."""
    for rule in RULES:
        text = rule.sub(_hidden, text)
    return CARD.sub(lambda found: HIDDEN if _is_card(found[0]) else found[0], text)


def _hidden(found: re.Match[str]) -> str:
    return (found[1] or "") + HIDDEN


def _is_card(text: str) -> bool:
    """Whether digits pass the check of card numbers (Luhn); of other numbers one in ten does."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0

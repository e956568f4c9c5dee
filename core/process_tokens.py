"""Who of our own processes calls the others over HTTP, what each may do there, and the token by which it is known (X5).

Each caller has a token of its own (GATEHOUSE_OWN_TOKEN). Who is called knows the callers by
GATEHOUSE_INTERNAL_CALLERS: `console=sha256:<hex>,api=…`, digests that let nobody in, or the tokens themselves where a
platform cannot hash. The shared token of an installation without them (GATEHOUSE_INTERNAL_TOKEN) opens everything;
beside them it opens no more than they do together, so that processes of the release before go on during an upgrade.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

CHARACTERS = 32
DIGEST = "sha256:"
# The others (collector, judge, trainer, scoring service) call nobody. `profile` is for our own processes only.
SCOPES: Mapping[str, frozenset[str]] = {
    "api": frozenset({"score"}),
    "console": frozenset({"read", "ingest"}),  # rows of test scenarios
    "alerts": frozenset({"profile"}),
    "simulator": frozenset({"ingest", "score", "read"}),
}
# Their files may be missing: an installation has the shared token, or one for each process, or both while it changes.
OPTIONAL = ("GATEHOUSE_INTERNAL_TOKEN", "GATEHOUSE_INTERNAL_CALLERS", "GATEHOUSE_OWN_TOKEN")
_HEX = re.compile(r"[0-9a-f]{64}\Z")


def digest(token: str) -> bytes:
    """What is kept of a token: 256 random bits need no slower hash."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def listing(tokens: Mapping[str, str]) -> str:
    """The value of GATEHOUSE_INTERNAL_CALLERS for these tokens, by digest."""
    return ",".join(f"{name}={DIGEST}{digest(token).hex()}" for name, token in tokens.items())


def read(value: Mapping[str, str], problems: list[str]) -> dict[str, bytes]:
    """The SHA-256 of each caller's token by its name; what is wrong is added to `problems`, without the secret."""
    for variable in ("GATEHOUSE_INTERNAL_TOKEN", "GATEHOUSE_OWN_TOKEN"):
        if 0 < len(value[variable]) < CHARACTERS:
            problems.append(f"{variable} must have at least {CHARACTERS} characters")
    found: dict[str, bytes] = {}
    entries = filter(None, map(str.strip, value["GATEHOUSE_INTERNAL_CALLERS"].split(",")))
    for number, entry in enumerate(entries, 1):
        name, _, token = map(str.strip, entry.partition("="))
        problem = _problem(name, token, found)
        if problem:
            problems.append(f"GATEHOUSE_INTERNAL_CALLERS, entry {number}: {problem}")
        else:
            hashed = token.startswith(DIGEST)
            found[name] = bytes.fromhex(token.removeprefix(DIGEST)) if hashed else digest(token)
    return found


def _problem(name: str, token: str, found: Mapping[str, bytes]) -> str | None:
    if name not in SCOPES:
        return f"it must begin with one of {', '.join(f'{known}=' for known in SCOPES)}"
    if name in found:
        return f"{name} is named twice"
    if token.startswith(DIGEST):
        return None if _HEX.match(token.removeprefix(DIGEST)) else f"{DIGEST} wants 64 hexadecimal digits"
    return None if len(token) >= CHARACTERS else f"the token of {name} must have at least {CHARACTERS} characters"

"""Every route of the console, signed in as each role, with whatever a browser could send: never a 5xx, never a trace.

`GATEHOUSE_FUZZ_CASES` says how many requests an administrator sends in all (default 1,500: each route nine times). The
other roles send a third (each route three times): what they reach is part of what an administrator reaches, and of what
is refused to them only the path and the token are read, at every route.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import urllib3

from console.app import PREFIX, create_app
from console.auth.roles import ROLES
from console.auth.sessions import Sessions
from core import settings as core_settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.identity import users
from core.web.app import App
from tests.alerting import rule
from tests.hostile.values import JSON, VALUES
from tests.people import QUICK, Authenticator, log_in, session_token
from tests.serving import served
from tests.tree import ROOT

CASES = int(os.environ.get("GATEHOUSE_FUZZ_CASES", "1500"))
SHARE = {role: CASES if role == ROLES[-1] else CASES // 3 for role in ROLES}
PASSWORD = "a long enough secret"
HASH = QUICK.hash(PASSWORD)
VARIABLES = {
    "GATEHOUSE_SECRET_KEY": "k" * 40,
    "GATEHOUSE_AUTH": "on",
    "GATEHOUSE_NETWORKS": "127.0.0.0/8",
    "GATEHOUSE_API_URL": "http://127.0.0.1:9",  # not one that happens to run on this machine
}
ENDS = {"logout", "account_password", "account_session_end", "account_sessions_end", "emergency_submit"}
PROXY = "gatehouse_session"
AWAY = 503  # the monitoring API is not running here: a page may say so, and nothing else


def names() -> list[str]:
    """Every name of a field or an argument that the console's code and templates know."""
    found: set[str] = set()
    for path in [*(ROOT / "console").rglob("*.py"), *(ROOT / "console").rglob("*.html")]:
        text = path.read_text()
        found |= set(re.findall(r'name="([a-z_-]+)"', text))
        found |= set(re.findall(r'(?:form|args|files)(?:\.get\(|\[)"([a-z_]+)"', text))
        found |= {word for words in re.findall(r"FIELDS = \(([^)]*)\)", text) for word in re.findall(r'"(\w+)"', words)}
    return sorted(found - {"csrf"})


@pytest.fixture
def console(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[str, App]]:
    """The console in gunicorn, and the same application here, for its routes and for logging in."""
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path / "own"), **VARIABLES}
    app = create_app(core_settings.load(known))
    with served(database_url, redis_url, tmp_path, app="monitoring_dashboard:app", variables=VARIABLES) as (url, _):
        yield url, app
    app.close()


class Person:
    """Somebody who is logged in, and again when a request ended that."""

    def __init__(self, app: App, db: Database, live: Live, role: str) -> None:
        self._app, self._db, self.role = app, db, role
        self._sessions = Sessions(live, db, idle_seconds=3600, absolute_seconds=86_400)
        self._number = 0
        self._cookie = ""
        self.headers: dict[str, str] = {}
        self.come_in()

    def come_in(self) -> None:
        self._number += 1
        name = f"{self.role}-{self._number}"
        with self._db.transaction() as connection:
            assert users.insert(connection, name, self.role, password_hash=HASH)
        client = self._app.test_client()
        assert log_in(client, PREFIX, name, PASSWORD, Authenticator()).status_code == 200
        cookie = client.get_cookie(PROXY, path=PREFIX)
        assert cookie is not None
        self.csrf = session_token(client, PREFIX)
        self._cookie = cookie.value
        self.headers = {"Cookie": f"{PROXY}={cookie.value}", "Accept": "text/html"}

    def is_in(self) -> bool:
        """Whether the session is still good; asking the console would cost a page each time."""
        return self._sessions.find(self._cookie) is not None


def paths(rule_: str, rng: random.Random) -> str:
    """A path of a route, with a hostile value in the place of each parameter."""

    def value(match: re.Match[str]) -> str:
        plain = rng.choice(["1", "2", "x", "A1"])
        return plain if rng.random() < 0.4 else quote(rng.choice(VALUES)[:600].replace(b"/", b""), safe="") or "1"

    return re.sub(r"<[^>]+>", value, rule_)


def pairs(known: list[str], rng: random.Random) -> list[tuple[str, bytes]]:
    chosen = rng.sample(known, rng.randint(1, min(8, len(known))))
    return [(name, rng.choice(VALUES)) for name in chosen for _ in range(rng.choice([1, 1, 1, 2]))]


def encoded(fields: list[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields).encode()


def multipart(fields: list[tuple[str, bytes]], rng: random.Random) -> tuple[bytes, str]:
    """A form with a file whose name, field and content are hostile, too."""
    parts = [(f'name="{name}"'.encode(), value) for name, value in fields]
    field = rng.choice([b"file", b"file", b"file", b"x\0y", b"\xff"])
    name = rng.choice(VALUES).replace(b'"', b"")
    parts.append((b'name="' + field + b'"; filename="' + name + b'"', rng.choice(VALUES)))
    start = b"--edge\r\nContent-Disposition: form-data; "
    body = b"".join(start + head + b"\r\n\r\n" + value + b"\r\n" for head, value in parts)
    return body + rng.choice([b"--edge--\r\n", b"--edge", b""]), "multipart/form-data; boundary=edge"


Sent = tuple[str, str, bytes, dict[str, str], str]


def requests_of(app: App, person: Person, known: list[str], rng: random.Random) -> Iterator[Sent]:
    """Endless: (method, path with query, body, headers, endpoint), every route in turn."""
    routes = [
        (rule_.rule, method, rule_.endpoint)
        for rule_ in app.url_map.iter_rules()
        for method in sorted((rule_.methods or set()) - {"HEAD", "OPTIONS"})
        if "component-suites" not in rule_.rule and rule_.endpoint not in ("metrics",)
    ]
    while True:
        rng.shuffle(routes)
        for route, method, endpoint in routes:
            path = paths(route, rng)
            query = encoded(pairs(known, rng))[:3000].decode() if rng.random() < 0.7 else ""
            headers = {}
            body = b""
            if method == "POST":
                fields = [("csrf", person.csrf.encode()), *pairs(known, rng)]
                kind = rng.random()
                if route.endswith("_dash-update-component") or kind < 0.1:
                    body, headers = rng.choice(JSON), {"Content-Type": "application/json", "X-CSRF-Token": person.csrf}
                elif kind < 0.5:
                    body, headers["Content-Type"] = multipart(fields, rng)
                else:
                    body, headers["Content-Type"] = encoded(fields), "application/x-www-form-urlencoded"
            yield method, f"{path}?{query}", body, headers, endpoint


def send(url: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    headers = {**headers, "Connection": "close"}  # a kept connection may end between two requests
    try:
        answer = urllib3.request(
            method, f"{url}{path}", body=body or None, headers=headers, redirect=False, retries=False, timeout=60
        )
    except urllib3.exceptions.HTTPError as error:
        return 599, repr(error).encode()  # no answer is worse than one that says 500
    return answer.status, answer.data


def tail(folder: Path) -> str:
    """Where the server failed, for whoever reads the test's output."""
    lines = (folder / "log").read_text(errors="replace").splitlines()
    return "\n".join(line[-3000:] for line in lines if "Traceback" in line or "Worker" in line or "signal" in line)[
        -60000:
    ]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_a_5xx(role: str, console: tuple[str, App], db: Database, live: Live, tmp_path: Path) -> None:
    url, app = console
    limit = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
    rule(db, "A1", "Fraud rate", "high", {"kind": "window", "unit": "%", "for": "10m", "parameters": limit})
    person = Person(app, db, live, role)
    rng = random.Random(ROLES.index(role))
    seen: Counter[int] = Counter()
    wrong: dict[str, str] = {}
    known = names()
    for number, (method, path, body, headers, endpoint) in enumerate(requests_of(app, person, known, rng)):
        if number >= SHARE[role]:
            break
        status, text = send(url, method, path, body, {**person.headers, **headers})
        seen[status] += 1
        if b"Traceback" in text or (status >= 500 and not (status == AWAY and b"monitoring API" in text)):
            wrong.setdefault(endpoint, f"{status} {method} {path[:300]} {body[:600]!r}: {text[-200:]!r}")
        may_have_ended = status in (401, 303) or endpoint in ENDS
        if may_have_ended and not person.is_in():
            person.come_in()
    print(role, dict(sorted(seen.items())))
    assert not wrong, "\n".join([*wrong.values(), tail(tmp_path)])

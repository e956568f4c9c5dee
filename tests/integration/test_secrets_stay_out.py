"""A secret in a path, a query, a form or a referrer reaches no log, table, stream, metric or profile (X8).

Every route of every process is driven with secrets wherever it takes a text, and beside the routes: mistyped, with a
slash too many. Then everything that is kept is searched.
"""

import io
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app as create_api
from collector.consume import Consume
from console.app import PREFIX
from console.app import create_app as create_console
from console.auth import invitation
from core import clock, settings
from core.identity import second_factors, users
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble
from core.web import server_log
from core.web.app import App
from core.web.routes import scrubbed
from ml.serve.app import create as create_scoring
from tests.integration.console.conftest import HASH, PASSWORD, VARIABLES
from tests.people import Authenticator, log_in

SECRET = "Zk3-vQ9x_7hTq0LmWb2RdY8uEoC5sJ1nAf4gIp6KeXt"
QUERY = "?" + "&".join(f"{name}={SECRET}" for name in ("code", "state", "token", "next", "q", "error", "session_state"))


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path, monkeypatch) -> settings.Settings:
    stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    return settings.load({**stores, **VARIABLES, "GATEHOUSE_AUTH": "off"})


@pytest.fixture
def stores(known: settings.Settings) -> Iterator[Stores]:
    found = assemble(known)
    yield found
    found.close()


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every route with a secret in each of its places, and its neighbours that lead nowhere."""
    found = []
    for rule in app.url_map.iter_rules():
        path = _filled(rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            found += [(method, path), (method, path + "/"), (method, f"{path.rstrip('/')}/{SECRET}")]
    return found


def _filled(rule) -> str:
    with_values = {}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        with_values[name] = 7 if "Integer" in kind else 7.5 if "Float" in kind else SECRET
    _, path = rule.build(with_values, append_unknown=False) or ("", rule.rule)
    return path


def drive(app: App, client: FlaskClient | None = None) -> int:
    """Ask for everything; how many requests there were."""
    client = client or app.test_client()
    asked = 0
    for method, path in addresses(app):
        if path.startswith("/internal/profile"):
            continue
        headers = {"Referer": f"http://localhost/login/invitation/{SECRET}", "Origin": "http://localhost"}
        form = {"csrf": SECRET, "code": SECRET, "password": SECRET, "again": SECRET, "recovery": SECRET}
        data = {"data": form} if method != "GET" else {}
        client.open(path + QUERY, method=method, headers=headers, **data)
        asked += 1
    app.recorder.tick(share=True)
    return asked


def kept(stores: Stores, known: settings.Settings, apps: list[App]) -> Iterator[tuple[str, str]]:
    """Everything that outlives the requests, with a name."""
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from ((f"table {table}", row[0]) for row in cursor.fetchall())
    redis = stores.live.redis
    for key in redis.scan_iter("*"):
        yield f"redis {key.decode(errors='replace')}", f"{key!r} {redis.dump(key)!r}"
        if redis.type(key) == b"stream":
            yield f"stream {key!r}", repr(redis.xrange(key))
    for app in apps:
        yield "metrics", repr(app.recorder.families())
    for path in known.data_dir.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes().decode(errors="replace")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What was logged, by structlog and by libraries."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    yield said.getvalue
    logging.getLogger().removeHandler(handler)


def test_no_secret_of_a_request_is_kept(known, stores, lines, db) -> None:
    apps = [create_console(known), create_api(known), create_scoring(known)]
    try:
        asked = sum(drive(app) for app in apps)
        with db.transaction() as connection:
            users.insert(connection, "vera", "viewer", password_hash=HASH)
        viewer = apps[0].test_client()
        assert log_in(viewer, PREFIX, "vera", PASSWORD, Authenticator()).status_code == 200
        drive(apps[0], viewer)  # whoever is in is denied by name
        assert asked > 400
        waiting = stores.live.redis.xrange("gatehouse:{live}:events")
        assert len(waiting) > 3  # requests are events: there is something to search
        consume = Consume(Consumer(stores.live, "one"), stores.writer, db, known.config.ingest, lambda _: None)
        for _ in range(20):
            consume.step()
        found = [place for place, text in kept(stores, known, apps) if SECRET in text]
        assert found == []
        assert SECRET not in lines()
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT path FROM api_requests")
            paths = {row[0] for row in cursor.fetchall()}
        assert f"{PREFIX}login/invitation/<token>" in paths
    finally:
        for app in apps:
            app.close()


def test_a_real_link_is_known_by_its_digest_only(known, stores, db) -> None:
    app = create_console(known)
    try:
        with db.transaction() as connection:
            user = users.insert(connection, "nora", "viewer", password_hash=HASH)
            second_factors.invite(connection, user.id, invitation._digest(SECRET), clock.now() + 600)
        client = app.test_client()
        assert client.get(f"{PREFIX}login/invitation/{SECRET}").status_code == 200
        answer = client.get(f"{PREFIX}login/invitation/{SECRET}")
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        app.recorder.tick(share=True)
        assert [place for place, text in kept(stores, known, [app]) if SECRET in text] == []
    finally:
        app.close()


@pytest.mark.parametrize(
    "line",
    [
        "Error handling request %s",
        "Invalid request from ip=10.0.0.1: Invalid HTTP request line: 'GET %s HTTP/9.9'",
        "Ignored premature client disconnection. GET %s?code=1",
        "https://console.example%s is odd",
    ],
)
def test_the_servers_own_log_repeats_no_path(line: str) -> None:
    path = f"{PREFIX}login/invitation/{SECRET}"
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, line, (path,), None)
    assert server_log.scrub(record)
    assert SECRET not in record.getMessage()
    assert "invitation" in record.getMessage()


@pytest.mark.parametrize("path", ["/wp-login.php", "/.env", "/api/v2/users", "/docs", "/a/b/c.json", "/"])
def test_what_a_scanner_looks_for_stays_readable(path: str) -> None:
    assert scrubbed(path) == path

"""Routes are closed unless they say to whom they are open; tokens are scoped, hashed, revocable, outlive an outage."""

import dataclasses
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app as create_api
from core import process_tokens
from core import settings as known_settings
from core.audit import chain
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Database
from core.errors import BadInput, ConfigError, DatabaseUnavailable
from core.events import types as events
from core.events.types import Security
from core.identity import tokens
from core.settings import Settings
from core.web.app import App, create_app
from core.web.openapi import documented
from ml.serve.app import create as create_scoring

INTERNAL = "internal-token-of-this-test-0123456789"
AUDIT = Audit("key")


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return known_settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": str(tmp_path),
            "GATEHOUSE_INTERNAL_TOKEN": INTERNAL,
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    app = probe(settings)
    yield app
    app.close()


def probe(settings: Settings) -> App:
    """An application with a route of each scope."""
    app = create_app("probe", settings, stores_of(settings))
    for scope in (*tokens.SCOPES, "open", "operations"):
        view = documented(scope, tag="t", scope=scope)(lambda: "ok")
        app.add_url_rule(f"/{scope}", scope, view)
    app.add_url_rule("/forgotten", "forgotten", lambda: "ok")
    return app


def stores_of(settings: Settings):
    from core.stores import assemble

    return assemble(settings)


def status(app: App, path: str, token: str = "", address: str = "203.0.113.9") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().get(path, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


def test_each_scope_opens_its_routes_and_no_others(app: App, db: Database) -> None:
    paths = ["/ingest", "/score", "/read", "/admin", "/open", "/operations", "/forgotten", "/none"]
    expected = {
        "ingest": [200, 403, 403, 403, 200, 403, 403, 404],
        "score": [403, 200, 403, 403, 200, 403, 403, 404],
        "read": [403, 403, 200, 403, 200, 200, 403, 404],
        "admin": [200, 200, 200, 200, 200, 200, 403, 404],
    }
    made = {scope: tokens.create(db, AUDIT, "t", [scope], "anna")[1] for scope in expected}
    for scope, wanted in expected.items():
        token = made[scope]
        assert [status(app, path, token) for path in paths] == wanted, scope
    assert [status(app, path) for path in paths] == [401] * 4 + [200] + [401] * 3
    assert [status(app, path, INTERNAL) for path in paths] == [200] * 6 + [403, 404]
    assert status(app, "/operations", address="127.0.0.1") == 200


def with_callers(settings: Settings, shared: str = "") -> tuple[Settings, dict[str, str]]:
    """The settings of an installation whose processes have a token each."""
    own = {name: f"the-own-token-of-{name}-0123456789abcdef" for name in process_tokens.SCOPES}
    callers = {name: tokens.digest(token) for name, token in own.items()}
    return dataclasses.replace(settings, internal_token=shared, internal_callers=callers), own


def test_a_process_opens_what_it_needs_and_nothing_that_another_needs(settings: Settings) -> None:
    known, own = with_callers(settings)
    opened: dict[str, set[str]] = {name: set() for name in own}
    for app in (create_api(known), create_scoring(known)):
        client = app.test_client()
        for rule in app.url_map.iter_rules():
            scope = app.gate.scope_of(rule.endpoint) if app.gate else ""
            if scope in ("open", "operations"):
                continue
            path = re.sub(r"<[^>]*>", "1", rule.rule)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            for name, token in own.items():
                got = client.open(f"{path}?seconds=0", method=method, headers={"Authorization": f"Bearer {token}"})
                if scope in process_tokens.SCOPES[name]:
                    opened[name].add(scope)
                    assert got.status_code not in (401, 403), (name, path)
                else:
                    assert got.status_code == 403, (name, path, scope)
        if "serving" in app.extensions:
            app.extensions["serving"].stop()
        app.close()
    assert opened == {name: set(scopes) for name, scopes in process_tokens.SCOPES.items()}, "and needs each"


def test_beside_own_tokens_the_shared_one_opens_no_more_than_they_do(settings: Settings) -> None:
    known, own = with_callers(settings, shared=INTERNAL)
    some = dataclasses.replace(known, internal_callers={"console": tokens.digest(own["console"])})
    for given, wanted in ((known, [200, 200, 200, 403]), (some, [200, 403, 200, 403])):
        app = probe(given)
        assert [status(app, f"/{scope}", INTERNAL) for scope in tokens.SCOPES] == wanted
        app.close()
    app = probe(some)
    assert status(app, "/read", own["console"]) == 200
    assert status(app, "/read", own["simulator"]) == 401, "not a caller of this process"
    app.close()


def test_refusals_are_security_events_once_a_minute(app: App, db: Database) -> None:
    token_id, token = tokens.create(db, AUDIT, "t", ["ingest"], "anna")
    for _ in range(5):
        status(app, "/read", "gate_wrong")
        status(app, "/read", token)
    assert app.admission is not None
    assert app.stores is not None
    app.admission.refresh([])
    app.admission.refresh([])
    entries = app.stores.live.redis.xrange(keys.STREAM)
    found = [event for _, fields in entries for event in events.decode(fields[b"e"])]
    told = {(event.action, event.actor, event.ip) for event in found if isinstance(event, Security)}
    assert told == {("token-refused", None, "203.0.113.9"), ("token-refused", f"token:{token_id}", "203.0.113.9")}
    assert len(found) == 2


def test_what_is_no_token_is_refused_with_a_challenge(app: App) -> None:
    for header in ("", "Bearer ", "Bearer gate_x", "Basic YTpi", "Bearer \u00e9", INTERNAL, f"Bearer {INTERNAL}x"):
        answer = app.test_client().get("/read", headers={"Authorization": header.encode("utf-8").decode("latin-1")})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.content_type == "application/problem+json"


def test_every_route_of_api_and_scoring_declares_its_scope(settings: Settings) -> None:
    for app in (create_api(settings), create_scoring(settings)):
        assert app.gate is not None
        known = {*tokens.SCOPES, "profile", "open", "operations"}
        undeclared = [rule.rule for rule in app.url_map.iter_rules() if app.gate.scope_of(rule.endpoint) not in known]
        assert undeclared == []
        client = app.test_client()
        for rule in app.url_map.iter_rules():
            if app.gate.scope_of(rule.endpoint) not in ("open", "operations"):
                path = rule.rule.replace("<transaction_id>", "t").replace("<part>", "p")
                method = "GET" if "GET" in (rule.methods or ()) else "POST"
                assert client.open(path, method=method).status_code == 401, path
        if "serving" in app.extensions:
            app.extensions["serving"].stop()
        app.close()


def test_scoring_takes_the_short_way_only_with_a_token(settings: Settings) -> None:
    app = create_scoring(settings)
    body = {"transaction_id": "t", "features": {}}
    client: FlaskClient = app.test_client()
    post = lambda token: client.post("/predict", json=body, headers={"Authorization": f"Bearer {token}"})  # noqa: E731
    assert post("gate_wrong").status_code == 401
    assert post(INTERNAL).status_code == 503, "no model yet, but let in"
    app.extensions["serving"].stop()
    app.close()


def test_a_revoked_token_stops_within_two_seconds_on_every_worker(app: App, settings: Settings, db: Database) -> None:
    other = create_app("probe2", settings, stores_of(settings))
    other.add_url_rule("/read", "read", documented("r", tag="t", scope="read")(lambda: "ok"))
    token_id, token = tokens.create(db, AUDIT, "t", ["read"], "anna")
    assert [status(app, "/read", token), status(other, "/read", token)] == [200, 200]
    tokens.revoke(db, AUDIT, token_id, "anna")
    time.sleep(2.0)
    assert [status(app, "/read", token), status(other, "/read", token)] == [401, 401]
    with pytest.raises(BadInput):
        tokens.revoke(db, AUDIT, token_id, "anna")
    other.close()


def test_an_expired_token_opens_nothing(app: App, db: Database) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1.5)
    _, token = tokens.create(db, AUDIT, "t", ["read"], "anna", ends)
    assert status(app, "/read", token) == 200
    time.sleep(1.6)
    assert status(app, "/read", token) == 401


def test_known_tokens_work_while_postgres_is_away_and_not_for_ever(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = tokens.create(db, AUDIT, "t", ["read"], "anna")
    assert status(app, "/read", token) == 200
    gate = app.gate
    assert gate is not None

    def away(_: Database) -> dict[bytes, tokens.Grant]:
        raise DatabaseUnavailable("test")

    monkeypatch.setattr(tokens, "active", away)
    gate._copied -= 600
    assert status(app, "/read", token) == 200
    assert status(app, "/read", "gate_other") == 503, "nobody can tell"
    assert status(app, "/read", INTERNAL) == 200
    gate._copied -= 600
    gate._tried = float("-inf")
    assert status(app, "/read", token) == 503


def test_only_the_hash_is_stored_and_every_change_is_audited(db: Database) -> None:
    token_id, token = tokens.create(db, AUDIT, "shop", ["ingest", "score"], "anna")
    assert token.startswith("gate_")
    assert len(token) >= 48
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM api_tokens t")
        assert token[5:] not in cursor.fetchone()[0]
    tokens.revoke(db, AUDIT, token_id, "ben", "10.0.0.1")
    rows = chain.listed(db, chain.Filter(target=f"token:{token_id}"))
    assert [(row.action, row.actor, row.ip) for row in rows] == [
        ("token.revoke", "ben", "10.0.0.1"),
        ("token.create", "anna", None),
    ]
    assert tokens.listed(db)[0].revoked_by == "ben"


def test_the_last_use_is_written_at_most_once_a_minute(app: App, db: Database) -> None:
    _, token = tokens.create(db, AUDIT, "t", ["read"], "anna")
    status(app, "/read", token)
    assert app.gate is not None
    app.gate.refresh([])
    first = tokens.listed(db)[0].last_used_at
    assert first is not None
    status(app, "/read", token)
    app.gate.refresh([])
    app.gate._touched = float("-inf")
    app.gate.refresh([])
    assert tokens.listed(db)[0].last_used_at == first


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("x" * 101, ["read"]), ("x", []), ("x", ["root"])])
def test_bad_names_and_scopes_are_refused(db: Database, name: str, scopes: list[str]) -> None:
    with pytest.raises(BadInput):
        tokens.create(db, AUDIT, name, scopes, "anna")


def test_doors_are_open_only_on_loopback_and_weak_internal_tokens_are_refused() -> None:
    known_settings.load({"GATEHOUSE_AUTH": "off"})
    with pytest.raises(ConfigError, match="loopback"):
        known_settings.load({"GATEHOUSE_AUTH": "off", "GATEHOUSE_HOST": "0.0.0.0"})
    with pytest.raises(ConfigError, match="32"):
        known_settings.load({"GATEHOUSE_INTERNAL_TOKEN": "short"})


def test_other_origins_are_closed_unless_listed(settings: Settings) -> None:
    import msgspec

    limits = msgspec.structs.replace(settings.config.limits, cors_origins=["https://app.example.org"])
    listed = dataclasses.replace(settings, config=msgspec.structs.replace(settings.config, limits=limits))
    for known, origin, allowed in (
        (settings, "https://app.example.org", False),
        (listed, "https://app.example.org", True),
        (listed, "https://evil.example.org", False),
    ):
        app = create_api(known)
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = app.test_client().options("/api/v1/events", headers=asked)
        assert (preflight.status_code == 204) == allowed
        assert ("Access-Control-Allow-Origin" in preflight.headers) == allowed
        assert app.test_client().get("/api/monitoring/kpis", headers={"Origin": origin}).status_code == 401
        app.close()

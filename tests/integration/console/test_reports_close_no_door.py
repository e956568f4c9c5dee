"""Whatever an `ingest` token reports of an administrator's address, the console's door stays open for it (X3, X8)."""

import pytest

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.respond import action
from alerts.respond.action_runner import Acting
from alerts.respond.actions_worker import drain
from collector.ip_blocks import Blocks
from console.app import PREFIX
from core import clock
from core.db import keys
from core.events import types as events
from core.identity import users
from core.pipeline.writer import Writer
from core.policy import Policy
from core.security import ip_blocks, threat_store
from tests.integration.console.conftest import PASSWORD
from tests.people import form_token, log_in

ADMIN = "203.0.113.9"
POLICY = Policy(1, "normal", 0.60, 0.40, 0.70)


def reported(now):
    """Everything that a token can say against an address and an account."""
    found = []
    for number in range(6):
        for source in ("shop", "console", "gatehouse", "Gate House"):
            for name in ("mfa", "mfa-lock", "login"):
                found.append(
                    {
                        "kind": "security", "severity": "critical", "text": "failed", "category": "authentication",
                        "action": name, "outcome": "failure", "actor": "admin", "ip": ADMIN, "source": source,
                        "id": f"{source}-{name}-{number}",
                    }
                )  # fmt: skip
    for action_name in ("ip-blocked", "threat-listed-ip", "password-burst", "global-limit", "account-locked"):
        found.append(
            {
                "kind": "security", "severity": "critical", "text": f"{ADMIN} blocked", "category": "network",
                "action": action_name, "ip": ADMIN, "actor": "admin", "source": "rate-limit",
            }
        )  # fmt: skip
    for service in ("shop", "console", "api"):
        found += [
            {
                "kind": "request", "ip": ADMIN, "method": "POST", "path": "/admin/monitoring/login", "status": 401,
                "duration_ms": 1, "service": service,
            }
            for _ in range(150)
        ]  # fmt: skip
    found += [
        {"kind": "label", "transaction_id": "t", "label": "fraud", "source": "analyst", "actor": "admin"},
        {"kind": "prediction", "transaction_id": "t", "score": 1.0, "ip": ADMIN, "wallet": "0xabc"},
        {"kind": "transaction", "transaction_id": "t", "type": "purchase", "amount": 1, "ip": ADMIN},
        {"kind": "heartbeat", "service": "console", "status": "DOWN"},
    ]
    good, bad = events.parse(events.msgspec.json.encode(found), now, POLICY, sender="token:mallory", most=5000)
    assert not bad
    return good


def get(app, path, address=ADMIN):
    return app.test_client().get(PREFIX + path, environ_base={"REMOTE_ADDR": address})


def everything_that_follows(settings, stores, now):
    """Collector and alert worker do what they do."""
    Blocks(stores.database, stores.live, stores.publisher, settings.config.limits).judge(now)
    rules = ruleset.load(settings)
    evaluator = Evaluator(settings, stores, rules, "one")
    for step in range(4):
        evaluator.step(now + 5 * step)
    acting = Acting(stores, settings, action.load(settings), now=lambda: now + 30)
    drain(acting.step)
    Blocks(stores.database, stores.live, stores.publisher, settings.config.limits).judge(now + 31)


def test_nothing_that_is_reported_closes_the_consoles_door(app, settings, stores, db, phone):
    now = clock.now()
    Writer(db, 0.7).store(reported(now), now)
    everything_that_follows(settings, stores, now)
    with db.transaction() as connection:
        assert users.by_name(connection, "admin").locked_at is None
        listed = {one.value: one.source for one in threat_store.everything(connection, now)}
    assert all(source.startswith("reported:") for source in listed.values()), listed
    app.threats.refresh()
    app.admission.refresh([])
    assert get(app, "login").status_code == 200
    assert get(app, "login/emergency").status_code == 200
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ADMIN
    assert log_in(client, PREFIX, "admin", PASSWORD, phone).status_code == 303
    assert client.get(PREFIX).status_code == 200


def test_the_platform_still_learns_whom_it_should_block(settings, stores, db):
    now = clock.now()
    Writer(db, 0.7).store(reported(now), now)
    judged = Blocks(stores.database, stores.live, stores.publisher, settings.config.limits)
    assert judged.judge(now) == 1
    assert judged.judge(now + 1) == 0
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT host(ip), reported FROM ip_blocks")
        assert cursor.fetchall() == [(ADMIN, True)]
    assert stores.live.blocked_ips(now) == {}


def test_a_block_of_our_own_is_made_beside_a_reported_one(settings, stores, db):
    now = clock.now()
    judged = Blocks(stores.database, stores.live, stores.publisher, settings.config.limits)
    assert ip_blocks.block(db, stores.publisher, ADMIN, now, 60, "reported", reported=True)
    assert ip_blocks.block(db, stores.publisher, ADMIN, now, 60, "ours")
    judged.mirror(now)
    assert set(stores.live.blocked_ips(now)) == {ADMIN}


def test_one_token_has_so_many_addresses_blocked_an_hour(settings, stores, db):
    now = clock.now()
    most = settings.config.limits.reported_per_hour
    flood = [
        {"kind": "request", "ip": f"198.51.100.{n}", "method": "GET", "path": "/", "status": 200, "duration_ms": 1}
        for n in range(most + 5)
        for _ in range(101)
    ]
    good, _ = events.parse(events.msgspec.json.encode(flood), now, POLICY, sender="token:mallory", most=5000)
    Writer(db, 0.7).store(good, now)
    judged = Blocks(stores.database, stores.live, stores.publisher, settings.config.limits)
    assert judged.judge(now) == most
    assert judged.judge(now + 1) == 0
    rows = stores.live.redis.xrange(keys.STREAM)
    assert any(b"reports-over-limit" in fields[b"e"] for _, fields in rows)


@pytest.mark.parametrize("path", ["login/emergency"])
def test_the_emergency_entrance_answers_a_blocked_and_listed_address(app, stores, db, path):
    now = clock.now()
    ip_blocks.block(db, stores.publisher, ADMIN, now, 60, "over the limit")
    with db.transaction() as connection:
        threat_store.put(
            connection,
            stores.audit,
            threat_store.New("ip", ADMIN, "seen here", "rule A4", now + 3600),
            "gatehouse",
            now,
        )
    ip_blocks.mirror(db, stores.live, now)
    threat_store.mirror(db, stores.live, now)
    app.threats.refresh()
    app.admission._refreshed = 0.0
    app.admission.refresh([])
    assert get(app, "login").status_code == 429
    page = get(app, path)
    assert page.status_code == 200
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ADMIN
    token = form_token(client.get(PREFIX + path).get_data(as_text=True))
    answer = client.post(PREFIX + path, data={"csrf": token, "user": "x", "password": "y", "recovery": "z"})
    assert answer.status_code in (401, 403)

"""The threat list and the locked accounts for whoever guards other doors; STIX checked by the library of its makers."""

import stix2

from core import clock
from core.audit.chain import Audit
from core.security import account_locks, threat_store
from core.security.threat_store import New

AUDIT = Audit("a key")


def fill(db):
    now = clock.now()
    with db.transaction() as connection:
        for kind, value, until in (
            ("ip", "203.0.113.7", now + 3600),
            ("ip", "2001:db8::1", None),
            ("wallet", "0xABC123", None),
            ("wallet", "bc1qxyz", now - 5),
        ):
            threat_store.put(connection, AUDIT, New(kind, value, "it's \\ why", "rule A4", until), "test", now - 60)


def test_plain_text_has_one_value_a_line(client, db):
    fill(db)
    answer = client.get("/api/v1/threats")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text == "2001:db8::1\n203.0.113.7\n0xabc123\n"
    assert client.get("/api/v1/threats?kind=wallet").text == "0xabc123\n"
    assert client.get("/api/v1/threats?kind=host").status_code == 400
    assert client.get("/api/v1/threats?format=csv").status_code == 400


def test_the_bundle_is_valid_stix(client, db):
    fill(db)
    answer = client.get("/api/v1/threats?format=stix")
    assert answer.content_type == "application/stix+json;version=2.1"
    bundle = stix2.parse(answer.text, version="2.1")
    patterns = [one.pattern for one in bundle.objects if one.type == "indicator"]
    assert patterns == [
        "[ipv6-addr:value = '2001:db8::1']",
        "[ipv4-addr:value = '203.0.113.7']",
        "[cryptocurrency-wallet:value = '0xabc123']",
    ]
    again = stix2.parse(client.get("/api/v1/threats?format=stix").text, version="2.1")
    assert [one.id for one in again.objects] == [one.id for one in bundle.objects]
    ends = {one.pattern: "valid_until" in one for one in bundle.objects if one.type == "indicator"}
    assert list(ends.values()) == [False, True, False]


def test_an_empty_list_is_valid_too(client):
    assert client.get("/api/v1/threats").text == ""
    assert [one.type for one in stix2.parse(client.get("/api/v1/threats?format=stix").text).objects] == ["identity"]


def test_locked_accounts_are_listed_until_they_are_released(client, db):
    now = clock.now()
    with db.transaction() as connection:
        account_locks.lock(connection, AUDIT, "operator.kim", now - 5, None, "A4", "test", "A4-1")
        account_locks.lock(connection, AUDIT, "other", now - 9, now - 1, "A4", "test")
    [found] = client.get("/api/v1/account-locks").json
    assert (found["account"], found["until"], found["incident"]) == ("operator.kim", None, "A4-1")
    with db.transaction() as connection:
        account_locks.release(connection, AUDIT, "operator.kim", "anna", now)
    assert client.get("/api/v1/account-locks").json == []

"""The threat list: extended when seen again, never shortened; its copies know when they are old."""

import pytest

from core.audit import chain
from core.audit.chain import Audit
from core.db.redis_client import Live
from core.errors import BadInput
from core.security import threat_store
from core.security.threat_store import New
from core.security.threats import Listed

AUDIT = Audit("a key")
NOW = 1_800_000_000.0


def put(db, value, until, kind="ip", now=NOW):
    with db.transaction() as connection:
        entry = New(kind, value, "mfa guesses", "rule A4", until)
        return threat_store.put(connection, AUDIT, entry, "action:list-threat", now)


def test_seen_again_it_lasts_longer_and_never_shorter(db):
    put(db, "203.0.113.7", NOW + 100)
    again = put(db, "203.0.113.7", NOW + 500, now=NOW + 50)
    assert (again.until.timestamp(), again.sightings) == (NOW + 500, 2)
    assert put(db, "203.0.113.7", NOW + 200, now=NOW + 60).until.timestamp() == NOW + 500
    assert put(db, "203.0.113.7", None).until is None
    assert put(db, "203.0.113.7", NOW + 900).until is None
    assert len(chain.listed(db, chain.Filter(target="ip:203.0.113.7"))) == 5


def test_it_is_listed_while_it_lasts_in_pages(db):
    for number in range(5):
        put(db, f"203.0.113.{number}", NOW + 100 * number)
    put(db, "0xABCDEF", None, "wallet")
    with db.transaction() as connection:
        found = [one.value for one in threat_store.everything(connection, NOW + 150)]
        assert found == ["203.0.113.2", "203.0.113.3", "203.0.113.4", "0xabcdef"]
        first = threat_store.listed(connection, NOW + 150, most=2)
        rest = threat_store.listed(connection, NOW + 150, after=first[-1])
        assert [one.value for one in first + rest] == found
        assert threat_store.counts(connection, NOW + 150) == {"ip": 3, "wallet": 1}


def test_it_can_be_taken_off_once(db):
    put(db, "0xABCDEF", None, "wallet")
    with db.transaction() as connection:
        threat_store.remove(connection, AUDIT, "wallet", "0xAbCdEf", "anna")
    with pytest.raises(BadInput, match="not on the list"), db.transaction() as connection:
        threat_store.remove(connection, AUDIT, "wallet", "0xABCDEF", "anna")


def test_a_block_list_is_taken_whole_or_not_at_all(db):
    good = [New("wallet", f"0x{n:040x}", "phishing", "forta", None) for n in range(300)]
    with db.transaction() as connection:
        assert threat_store.put_many(connection, AUDIT, good, "anna", NOW, "forta") == 300
        assert threat_store.put_many(connection, AUDIT, good[:10], "anna", NOW, "forta") == 0
    with pytest.raises(BadInput), db.transaction() as connection:
        threat_store.put_many(connection, AUDIT, [New("ip", "no address", "", "", None)], "anna", NOW, "bad")
    rows = chain.listed(db, chain.Filter(action="threat.import"))
    assert [row.after for row in rows] == ['{"entries":10,"new":0}', '{"entries":300,"new":300}']


def test_the_copy_in_redis_follows_every_change(db, live):
    assert threat_store.mirror(db, live, NOW)
    assert not threat_store.mirror(db, live, NOW)
    put(db, "203.0.113.7", NOW + 100)
    put(db, "0xABCDEF", None, "wallet")
    assert threat_store.mirror(db, live, NOW)
    known = threat_store.copy(None, live, Listed(), NOW)
    assert known.hit(None, "203.0.113.7", NOW) == "ip"
    assert known.hit("0xABCDEF", None, NOW + 1e9) == "wallet"
    assert known.hit(None, "203.0.113.7", NOW + 101) is None
    assert threat_store.copy(None, live, known, NOW) is known
    with db.transaction() as connection:
        threat_store.remove(connection, AUDIT, "ip", "203.0.113.7", "anna")
    threat_store.mirror(db, live, NOW)
    assert threat_store.copy(db, live, known, NOW).hit(None, "203.0.113.7", NOW) is None


def test_without_redis_the_list_is_read_in_postgresql(db):
    put(db, "203.0.113.7", NOW + 100)
    away = Live("redis://127.0.0.1:1/0", timeout=0.2)
    known = threat_store.copy(db, away, Listed(), NOW)
    assert known.hit(None, "203.0.113.7", NOW) == "ip"
    assert threat_store.copy(db, away, known, NOW) is known


def test_an_emptied_redis_is_filled_again(db, live):
    put(db, "203.0.113.7", NOW + 100)
    threat_store.mirror(db, live, NOW)
    live.redis.flushall()
    assert threat_store.copy(db, live, Listed(), NOW).hit(None, "203.0.113.7", NOW) == "ip"
    assert threat_store.mirror(db, live, NOW)


def test_what_ended_long_ago_is_forgotten(db):
    put(db, "203.0.113.7", NOW - 100 * 86400)
    put(db, "203.0.113.8", NOW - 1)
    threat_store.sweep(db, NOW, 90)
    with db.transaction() as connection:
        from sqlalchemy import text

        assert list(connection.execute(text("SELECT value FROM threat_entries")).scalars()) == ["203.0.113.8"]

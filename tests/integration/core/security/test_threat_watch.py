"""A process's copy of the threat list: read at first use, refreshed, and kept while nothing answers."""

from core import clock, settings
from core.audit.chain import Audit
from core.security import threat_store
from core.security.threat_store import New
from core.security.threat_watch import ThreatWatch
from core.stores import assemble
from core.web.app import create_app

FAR = "203.0.113.5"


def put(db, value=FAR, kind="ip", until=60.0):
    with db.transaction() as connection:
        now = clock.now()
        threat_store.put(connection, Audit("k"), New(kind, value, "why", "test", now + until), "test", now)


def known(database_url, redis_url, tmp_path):
    stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return settings.load({**stores, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off"})


def test_it_is_read_at_first_use_and_follows_changes(db, database_url, redis_url, tmp_path):
    put(db)
    stores = assemble(known(database_url, redis_url, tmp_path))
    watch = ThreatWatch(stores)
    assert watch.hit(None, FAR) == "ip"
    put(db, "0xabc", "wallet")
    threat_store.mirror(stores.database, stores.live, clock.now())
    watch.refresh()
    assert watch.hit("0xABC", None) == "wallet"
    stores.close()


def test_while_nothing_answers_the_last_copy_serves(db, database_url, redis_url, tmp_path):
    put(db)
    stores = assemble(known(database_url, redis_url, tmp_path))
    watch = ThreatWatch(stores)
    assert watch.hit(None, FAR) == "ip"
    away = assemble(known("postgresql://127.0.0.1:1/none", "redis://127.0.0.1:1/0", tmp_path))
    watch._stores = away
    watch.refresh()
    assert watch.hit(None, FAR) == "ip"
    assert ThreatWatch(away).hit(None, FAR) is None
    assert ThreatWatch(None).hit("0xabc", FAR) is None
    stores.close()
    away.close()


def test_a_listed_address_is_refused_like_a_blocked_one(db, database_url, redis_url, tmp_path):
    put(db)
    put(db, "127.0.0.1")
    app = create_app("probe", known(database_url, redis_url, tmp_path))
    app.add_url_rule("/", "view", lambda: "ok")
    client = app.test_client()
    answer = client.get("/", environ_base={"REMOTE_ADDR": FAR})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert client.get("/healthz", environ_base={"REMOTE_ADDR": FAR}).status_code == 200
    assert client.get("/", environ_base={"REMOTE_ADDR": "203.0.113.6"}).status_code == 200
    assert client.get("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    app.close()

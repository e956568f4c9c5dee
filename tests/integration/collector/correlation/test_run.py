"""The shipped rules over stored events: found once, by every rule that holds, whatever the batches and the restarts."""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.correlation import rules
from collector.correlation.run import Correlator
from core import settings
from core.db import keys
from core.events import types as events
from core.events.types import Event, Request, Security
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble
from simulator.replay import auth
from tests.unit.simulator.replay.sample import options

RULES = rules.load(Path("config/sigma"))
Store = Callable[[list[Event]], None]


@pytest.fixture
def stores(database_url: str, redis_url: str) -> Iterator[Stores]:
    made = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield made
    made.close()


def store(stores: Stores, found: list[Event]) -> None:
    """As the collector does."""
    stores.writer.store(found, time.time())


def settle(stores: Stores, correlator: Correlator) -> None:
    """Judge until nothing is new, matches stored by the collector included."""
    consumer = Consumer(stores.live, "test")
    consumer.read(1, 1)  # the first read only makes the group
    while True:
        work = correlator.step()
        entries = consumer.read(100, 1)
        for entry, payload in entries:
            store(stores, events.decode(payload))
            consumer.acknowledge([entry])
        if not work and not entries:
            return


def matches(stores: Stores) -> list[tuple[str, str | None]]:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, host(ip) FROM security_events WHERE source = 'correlation' ORDER BY timestamp, 1"
        )
        return [tuple(row) for row in cursor.fetchall()]


def login(number: int, at: float, outcome: str = "failure", ip: str = "203.0.113.7", user: str = "anna") -> Security:
    return Security(
        id=f"s{number}-{at}-{ip}",
        timestamp=at,
        severity="medium",
        text="login",
        category="authentication",
        action="login",
        outcome=outcome,  # type: ignore[arg-type]
        actor=user,
        ip=ip,
        source="console",
    )


def test_each_rule_finds_its_own_and_hides_no_others(stores: Stores) -> None:
    now = time.time() - 3000
    correlator = Correlator(stores.database, stores.publisher, RULES)
    sprayed = [login(n, now + n, user=f"user{n}") for n in range(6)]
    store(stores, [*sprayed, login(9, now + 60, "success", user="user3")])
    settle(stores, correlator)
    assert sorted(action for action, _ in matches(stores)) == [
        "failed_logins_from_one_address",
        "login_after_failures",
        "password_spraying",
    ]
    assert {ip for _, ip in matches(stores)} == {"203.0.113.7"}


def test_four_failures_or_slow_ones_are_nothing(stores: Stores) -> None:
    now = time.time() - 9000
    store(stores, [login(n, now + n) for n in range(4)])
    store(stores, [login(n, now + 200 * n, ip="203.0.113.8") for n in range(12)])
    settle(stores, Correlator(stores.database, stores.publisher, RULES))
    assert matches(stores) == []


@pytest.mark.parametrize("every", [1, 3, 100])
def test_batches_restarts_and_order_change_nothing(stores: Stores, every: int) -> None:
    now = time.time() - 9000
    wave = [login(n, now + 30 * n) for n in range(60)]
    for number, event in enumerate([*wave[20:40], *wave[:20], *wave[40:]][::-1]):
        store(stores, [event])
        if number % every == 0:
            Correlator(stores.database, stores.publisher, RULES).step()
    settle(stores, Correlator(stores.database, stores.publisher, RULES))
    found = [action for action, _ in matches(stores)]
    assert 1 <= found.count("failed_logins_from_one_address") <= 3, "one match a timespan in half an hour"
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE feed_cursors SET seq = 0")
    settle(stores, Correlator(stores.database, stores.publisher, RULES))
    assert [action for action, _ in matches(stores)] == found, "reading everything again finds nothing new"


def test_a_crash_between_writing_and_remembering_repeats_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(stores, [login(n, time.time() - 100 + n) for n in range(5)])
    correlator = Correlator(stores.database, stores.publisher, RULES)
    publish = stores.publisher.publish

    def dies(found: list[Event]) -> None:
        publish(found)
        raise KeyboardInterrupt

    monkeypatch.setattr(stores.publisher, "publish", dies)
    with pytest.raises(KeyboardInterrupt):
        correlator.step()
    monkeypatch.undo()
    assert stores.live.redis.xlen(keys.STREAM) == 1
    settle(stores, correlator)
    assert matches(stores) == [("failed_logins_from_one_address", "203.0.113.7")]


def test_the_flood_is_found_among_ordinary_requests(stores: Stores) -> None:
    now = time.time() - 600

    def request(ip: str, at: float) -> Request:
        return Request(id=f"{ip}-{at}", timestamp=at, ip=ip, method="GET", path="/", status=200, duration_ms=1.0)

    store(stores, [request("198.51.100.1", now + n * 0.5) for n in range(101)])
    store(stores, [request("198.51.100.2", now + n * 0.6) for n in range(100)])
    store(stores, [request("127.0.0.1", now + n * 0.1) for n in range(300)])
    settle(stores, Correlator(stores.database, stores.publisher, RULES))
    assert matches(stores) == [("request_flood", "198.51.100.1")]


def lines() -> list[str]:
    """The sample file where there is one, else a small file of the same form."""
    sample = Path(os.environ.get("GATEHOUSE_SAMPLE_DATA", "/nonexistent")) / "elastic_logs" / "auth.log"
    if sample.exists():
        return sample.read_text(errors="replace").splitlines()
    made = []
    for n in range(40):
        clock = f"Mar 27 13:{n // 4:02}:{n % 4 * 15:02}"
        made.append(f"{clock} host sshd[1]: Failed password for root from 203.0.113.20 port 22 ssh2")
        if n % 12 == 0:
            made.append(f"{clock} host sshd[1]: Failed password for invalid user bob from 203.0.113.21 port 22 ssh2")
        if n == 39:
            made.append(f"{clock} host sshd[1]: Accepted password for root from 203.0.113.20 port 22 ssh2")
    return made


def test_replayed_auth_log_gives_the_sources_that_an_independent_count_gives(stores: Stores) -> None:
    parsed = auth.read(lines(), options("auth"))
    found: list[Event] = []
    when: dict[str, list[float]] = defaultdict(list)
    for item in parsed.items:
        fields = {name: value for name, value in item.event.items() if name != "kind"}
        for repeat in range(item.times):
            found.append(Security(id=f"{item.line}.{repeat}", timestamp=item.when, **fields))
            if item.event["action"].startswith("ssh-login") and item.event["outcome"] == "failure" and item.event["ip"]:
                when[item.event["ip"]].append(item.when)
    for start in range(0, len(found), 300):
        store(stores, found[start : start + 300])
    settle(stores, Correlator(stores.database, stores.publisher, RULES))
    expected = {ip for ip, times in when.items() if busiest(sorted(times), 600) >= 5}
    seen = Counter(matches(stores))
    assert {ip for (action, ip) in seen if action == "failed_logins_from_one_address"} == expected
    assert expected


def busiest(times: list[float], span: float) -> int:
    """The most events within any span."""
    return max(sum(start <= one <= start + span for one in times) for start in times)

"""Nothing lost, nothing twice (D2): each fault under a steady load, every acknowledged event counted at the end."""

import signal

import pytest

from core.db import keys
from tests.faults.conftest import FAULT_SECONDS, Case
from tests.faults.rig import Rig
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240 + 2 * FAULT_SECONDS)]


def test_no_fault_at_all(survives: Case) -> None:
    survives(lambda: None)


@pytest.mark.parametrize("name", ["api", "scoring", "collector", "console"])
def test_a_process_is_killed(rig: Rig, survives: Case, name: str) -> None:
    def fault() -> None:
        pid = rig.kill(name)
        assert rig.wait_until(lambda: rig.pid(name) not in (None, pid), 30.0)

    survives(fault)


def test_only_the_worker_of_a_web_process_is_killed(rig: Rig, survives: Case) -> None:
    import psutil

    def fault() -> None:
        pid = rig.pid("api")
        assert pid is not None
        for worker in psutil.Process(pid).children():
            worker.send_signal(signal.SIGKILL)
        rig.wait(2.0)

    survives(fault)


def test_postgresql_is_stopped(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        rig.postgres.stop()
        rig.wait(FAULT_SECONDS)
        rig.postgres.start()

    survives(fault)


def test_postgresql_is_killed(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        rig.postgres.kill()
        rig.wait(1.0)
        rig.postgres.start()

    survives(fault)


def test_redis_is_stopped(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        rig.redis.stop()
        rig.wait(FAULT_SECONDS)
        rig.redis.start()

    survives(fault)


def test_redis_is_killed(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        rig.redis.kill()
        rig.wait(1.0)
        rig.redis.start()

    survives(fault)


def test_redis_is_emptied(rig: Rig, survives: Case) -> None:
    survives(lambda: rig.live.redis.flushall())


def test_redis_is_emptied_while_the_collector_is_behind(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        collector = rig.supervisor.watched["collector"].process
        assert collector is not None
        collector.send_signal(signal.SIGSTOP)
        rig.wait(2.0)
        rig.live.redis.flushall()
        rig.wait(1.0)
        collector.send_signal(signal.SIGCONT)

    survives(fault)


@pytest.mark.parametrize("way", ["deleted", "trimmed"])
def test_somebody_deletes_what_waits_in_the_stream(rig: Rig, survives: Case, way: str) -> None:
    """The key is deleted, or trimmed to nothing; the marker of Redis's life stays. Before and after it is read."""

    def delete() -> None:
        if way == "deleted":
            rig.live.redis.delete(keys.STREAM)
        else:
            rig.live.redis.xtrim(keys.STREAM, maxlen=0, approximate=False)

    def fault() -> None:
        collector = rig.supervisor.watched["collector"].process
        assert collector is not None
        collector.send_signal(signal.SIGSTOP)
        rig.wait(2.0)
        assert rig.live.redis.xlen(keys.STREAM) > 0
        delete()
        collector.send_signal(signal.SIGCONT)
        for _ in range(10):
            rig.wait(0.1)
            delete()

    survives(fault)
    assert rig.wait_until(lambda: rig.live.redis.xpending(keys.STREAM, keys.GROUP)["pending"] == 0, 20.0)


def test_the_collector_dies_between_write_and_acknowledgement(rig: Rig, survives: Case) -> None:
    def fault() -> None:
        rig.arm("collector", "collector.after_commit")
        process = rig.supervisor.watched["collector"].process
        assert process is not None
        until(lambda: process.poll() is not None)
        rig.disarm("collector")
        assert process.returncode == -signal.SIGKILL
        pending = rig.live.redis.xpending(keys.STREAM, keys.GROUP)["pending"]
        assert pending > 0, "it died before it had anything to acknowledge"

    survives(fault)


def test_both_servers_are_away_and_callers_are_told_so(rig: Rig, survives: Case) -> None:
    from core.http import HttpClient

    def fault() -> None:
        rig.redis.stop()
        rig.postgres.stop()
        rig.wait(2.0)
        event = {"kind": "heartbeat", "service": "siem-collector", "status": "UP"}
        client = HttpClient(rig.settings.api_url, timeout=8.0, token=rig.settings.own_token)
        answer = client.post_json("/api/v1/events", event)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        rig.postgres.start()
        rig.redis.start()

    survives(fault)

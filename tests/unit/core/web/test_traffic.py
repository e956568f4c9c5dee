"""Our own requests as events: always valid, never lost while a store takes them, bounded while none does."""

import msgspec
import pytest

from core.errors import StorageUnavailable
from core.events import types as events
from core.events.types import Event
from core.web import traffic
from core.web.client import networks
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord
from core.web.traffic import Traffic

HOSTILE = ["/", "", "/a\x00b\r\n\x7f", "/\xff\xfe", "/" + "x" * 5000, "/\ud83d"]


def seen(**changes: object) -> RequestRecord:
    return RequestRecord(1_700_000_000.0, 0.002, "view", "GET", 200, "192.0.2.1", "/a", 10, None)._replace(**changes)


@pytest.mark.parametrize("path", HOSTILE)
def test_whatever_was_asked_makes_a_valid_event(path: str) -> None:
    taken: list[Event] = []
    Traffic("api", taken.extend, Metrics())([seen(path=path, method="M\u00e9thod!")])
    assert events.decode(events.encode(taken))[0].method == "OTHER"


def test_quiet_endpoints_and_nameless_peers_make_none() -> None:
    taken: list[Event] = []
    Traffic("api", taken.extend, Metrics(), ["healthz"])([seen(endpoint="healthz"), seen(address="")])
    assert taken == []


def test_the_product_talking_to_itself_is_no_traffic_but_a_stranger_is() -> None:
    taken: list[Event] = []
    listener = Traffic("api", taken.extend, Metrics(), [], {"post_events"}, networks(["127.0.0.0/8"]))
    listener(
        [seen(endpoint="post_events", address=ip) for ip in ("127.0.0.1", "192.0.2.1")] + [seen(address="127.0.0.1")]
    )
    assert [(event.ip, event.path) for event in taken] == [("192.0.2.1", "/a"), ("127.0.0.1", "/a")]


def test_events_wait_while_nobody_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Event] = []
    away = True

    def publish(batch: list[Event]) -> None:
        if away:
            raise StorageUnavailable("both")
        taken.extend(batch)

    monkeypatch.setattr(traffic, "KEEP", 3)
    metrics = Metrics()
    listener = Traffic("api", publish, metrics)
    listener([seen(status=200 + n) for n in range(5)])
    away = False
    listener([])
    assert [msgspec.structs.asdict(event)["status"] for event in taken] == [202, 203, 204]
    assert metrics.snapshot()["gatehouse_request_events_dropped_total"]["cells"] == [([], 2)]

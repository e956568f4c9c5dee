"""The one refresh: drawn once, cursors, 304, an API that is away, and two workers that agree."""

import gzip
from typing import Any

import pytest
from msgspec import Struct

from console.live import LiveView, Range, RangeState
from console.panel import Panel, Slot
from core import codec
from core.errors import HttpUnavailable
from core.http import HttpResponse

NOW = 1_800_000_000.0


class Api:
    """Answers as the snapshot endpoint does; `version` and `data` are set by the test."""

    def __init__(self) -> None:
        self.version = 1000
        self.changed = ["a", "b"]
        self.away = False
        self.more: dict[str, Any] = {}
        self.asked: list[str] = []

    def get(self, path: str, *_: Any) -> HttpResponse:
        self.asked.append(path)
        if self.away:
            raise HttpUnavailable("refused")
        since = int(path.split("since=")[1].split("&")[0])
        if since >= self.version:
            return HttpResponse(304, {"x-as-of": "2027-01-15T07:59:58Z"}, b"")
        parts = {
            name: {"version": self.version, "data": {"n": self.version, "unknown to this release": 1} | self.more}
            for name in (self.changed if since else ["a", "b"])
        }
        body = {
            "version": self.version,
            "as_of": "2027-01-15T07:59:59Z",
            "range": {"label": "1h", "from": "2027-01-15T07:00:00Z", "to": "2027-01-15T08:00:00Z"},
            "parts": parts,
            "down": [],
        }
        return HttpResponse(200, {}, codec.encode(body))


class View(LiveView):
    """Without the thread: the test ticks."""

    def _start(self) -> None:
        pass


class Numbered(Struct, frozen=True):
    """The resources of these tests."""

    n: int


def view_of(panels: dict[str, Panel], api: Api) -> View:
    return View(panels, api, lambda: NOW, {"a": Numbered, "b": Numbered})  # type: ignore[arg-type]


def panel(name: str, draws: list[str]) -> Panel:
    def draw(**found: Numbered) -> dict[str, Any]:
        draws.append(name)
        return {"rows": {"rows": [[str(found[name].n)]]}}

    return Panel(name, name, "kpis", 0, (name,), (Slot("rows", "rows"),), draw)


@pytest.fixture
def draws() -> list[str]:
    return []


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def view(api: Api, draws: list[str]) -> View:
    return view_of({name: panel(name, draws) for name in ("a", "b")}, api)


def told(body: bytes) -> Any:
    return codec.decode(gzip.decompress(body))


def board(view: View) -> RangeState:
    return view._board(Range("1h"))


def test_everybody_gets_the_same_bytes_drawn_once(view: View, draws: list[str]) -> None:
    first, second = view.answer(Range("1h"), 0), view.answer(Range("1h"), 0)
    assert first.body is second.body
    assert draws == ["a", "b"]
    assert set(told(first.body)["panels"]) == {"a", "b"}
    assert first.headers["X-Age"] == "1.0"


def test_only_panels_whose_parts_changed_are_drawn_and_sent(view: View, api: Api, draws: list[str]) -> None:
    view.answer(Range("1h"), 0)
    api.version, api.changed = 2000, ["b"]
    view.tick(board(view))
    reply = view.answer(Range("1h"), 1000)
    assert draws == ["a", "b", "b"]
    assert set(told(reply.body)["panels"]) == {"b"}
    assert told(reply.body)["version"] == 2000
    assert view.answer(Range("1h"), 2000).status == 304


def test_a_cursor_of_a_worker_that_is_ahead_waits_and_a_wild_one_gets_everything(view: View) -> None:
    view.answer(Range("1h"), 0)
    assert view.answer(Range("1h"), 1500).status == 304
    wild = view.answer(Range("1h"), 10**15)
    assert wild.status == 200
    assert told(wild.body)["full"]


def test_an_api_that_is_away_is_named_keeps_the_data_and_comes_back(view: View, api: Api) -> None:
    view.answer(Range("1h"), 0)
    api.away = True
    view.tick(board(view))
    reply = view.answer(Range("1h"), 0)
    assert reply.headers["X-Down"] == "monitoring API"
    assert set(told(reply.body)["panels"]) == {"a", "b"}
    api.away = False
    view.tick(board(view))
    assert view.answer(Range("1h"), 1000).headers["X-Down"] == ""


def test_an_unchanged_snapshot_is_as_fresh_as_the_api_says(view: View) -> None:
    view.answer(Range("1h"), 0)
    view.tick(board(view))
    assert view.answer(Range("1h"), 1000).headers["X-Age"] == "2.0"


def test_an_absolute_range_asks_for_its_span_once(view: View, api: Api) -> None:
    span = Range("", "2027-01-15T06:00:00Z", "2027-01-15T07:00:00Z")
    view.answer(span, 0)
    view.answer(span, 0)
    assert len(api.asked) == 1
    assert "from=2027-01-15T06" in api.asked[0]


def test_a_panel_that_draws_no_json_stays_in_its_card(api: Api, draws: list[str]) -> None:
    odd = Panel("a", "a", "kpis", 0, ("a",), (Slot("rows", "rows"),), lambda **_: {"rows": object()})
    view = view_of({"a": odd, "b": panel("b", draws)}, api)
    found = codec.decode(gzip.decompress(view.answer(Range("1h"), 0).body))
    panels = found["panels"]
    assert "cannot be drawn" in panels["a"]["error"]["title"]
    assert "slots" in panels["b"]


def test_a_resource_of_another_shape_is_a_card_that_says_so_beside_its_neighbours(view: View, api: Api) -> None:
    view.answer(Range("1h"), 0)
    api.version, api.changed, api.more = 2000, ["a"], {"n": "many"}
    view.tick(board(view))
    panels = told(view.answer(Range("1h"), 0).body)["panels"]
    assert panels["a"]["error"]["title"] == "Unreadable response"
    assert [row[0] for row in panels["b"]["slots"]["rows"]["rows"]] == ["1000"]


def test_an_answer_that_is_no_snapshot_is_an_api_that_is_away(view: View, api: Api) -> None:
    view.answer(Range("1h"), 0)
    api.get = lambda *_: HttpResponse(200, {}, b"<html>")  # type: ignore[method-assign]
    view.tick(board(view))
    reply = view.answer(Range("1h"), 0)
    assert reply.headers["X-Down"] == "monitoring API"
    assert set(told(reply.body)["panels"]) == {"a", "b"}

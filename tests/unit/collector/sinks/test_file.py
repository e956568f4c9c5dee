"""The file sink: whole lines, rotation by size, a disk that will not have it."""

from pathlib import Path

import pytest

from collector.sink import SinkAway
from collector.sinks.file import Config, FileSink
from tests.integration.collector.sinks.peer import ITEMS


def test_one_line_an_event_and_not_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "events.ndjson"
    FileSink(Config(name="f", path=str(path))).send(ITEMS)
    assert path.read_bytes() == b"".join(item.text + b"\n" for item in ITEMS)
    assert path.stat().st_mode & 0o007 == 0


def test_large_files_are_set_aside_and_the_oldest_go(tmp_path: Path) -> None:
    sink = FileSink(Config(name="f", path=str(tmp_path / "e"), max_mb=0.00001, keep=2))
    for item in ITEMS:
        sink.send([item, item])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e", "e.1", "e.2"]
    assert (tmp_path / "e").read_bytes().startswith(ITEMS[-1].text)
    assert (tmp_path / "e.1").read_bytes().startswith(ITEMS[-2].text)


def test_a_line_that_a_crash_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "e"
    path.write_bytes(b'{"half":')
    FileSink(Config(name="f", path=str(path))).send(ITEMS[:1])
    assert path.read_bytes().splitlines()[1] == ITEMS[0].text


def test_a_disk_that_will_not_have_it_is_away(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    with pytest.raises(SinkAway):
        FileSink(Config(name="f", path=str(tmp_path / "e"))).send(ITEMS)

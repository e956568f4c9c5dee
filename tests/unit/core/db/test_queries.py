"""Named queries are found wherever their file lies, and a name is one file's alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db import queries
from core.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(queries, "QUERIES", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    queries._topics.cache_clear()
    queries.sql.cache_clear()
    queries.text_of.cache_clear()


def test_a_topic_is_found_in_the_folder_of_its_package(folder: Path) -> None:
    (folder / "pipeline").mkdir()
    (folder / "pipeline" / "feed.sql").write_text("-- name: newest\nSELECT 1\n\n-- name: oldest\nSELECT 2\n")
    assert queries.sql("feed.newest") == "/* feed.newest */ SELECT 1"
    assert queries.sql("feed.oldest") == "/* feed.oldest */ SELECT 2"


def test_two_files_of_one_name_are_refused(folder: Path) -> None:
    for package in ("alerting", "models"):
        (folder / package).mkdir()
        (folder / package / "runs.sql").write_text("-- name: all\nSELECT 1\n")
    with pytest.raises(ConfigError, match="two files of queries"):
        queries.sql("runs.all")


@pytest.mark.parametrize("name", ["nothing.here", "users.nothing_like_it"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        queries.sql(name)

"""`python -m statuses analyze`: what it prints and writes, and its exit codes."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core import settings
from core.errors import BadInput
from statuses import cli
from statuses.arguments import parser
from tests.unit.statuses.making import INCIDENT, at, counts, written


class Run:
    """One call of the command in a folder."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.html, self.json = folder / "r.html", folder / "r.json"
        self.said: list[str] = []
        self.complained: list[str] = []
        given = ["analyze", *arguments, "--html", str(self.html), "--json", str(self.json)]
        parsed = parser().parse_args(given)
        self.code = cli.run(parsed, settings.load({}), self.said.append, self.complained.append)
        self.document = json.loads(self.json.read_bytes())


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Twelve hours with an incident, and their codes."""
    folder = tmp_path_factory.mktemp("statuses")
    (folder / "transactions.csv").write_bytes(written(counts(), "long"))
    (folder / "codes.csv").write_bytes(written(counts(incident=False), "epoch"))
    return Run(folder, str(folder / "transactions.csv"), "--codes", str(folder / "codes.csv"))


def test_the_incident_is_the_one_episode(usual: Run) -> None:
    assert (usual.code, usual.complained) == (0, [])
    transactions, codes = usual.document["files"]
    [episode] = transactions["episodes"]
    assert episode["onset"] == f"{at(INCIDENT[0]):%Y-%m-%dT%H:%MZ}"
    assert episode["minutes"] <= 3
    assert [part["series"] for part in episode["moved"]] == ["denied"]
    assert codes["episodes"] == []
    assert any("Would have fired once in 0.5 days" in line for line in usual.said)
    assert any("Would have fired never" in line for line in usual.said)


def test_each_series_has_its_statistics_and_the_line_its_reason(usual: Run) -> None:
    series = {one["name"]: one for one in usual.document["files"][0]["series"]}
    assert list(series) == ["approved", "denied", "failed", "volume of total", "volume of approved"]
    table = counts()
    assert series["denied"]["mean"] == pytest.approx(table[1].mean(), rel=1e-3)
    assert series["failed"]["zeros"] == pytest.approx((table[2] == 0).mean(), rel=1e-3)
    assert series["approved"]["quantiles"]["50%"] == pytest.approx(60, abs=2)
    assert len(series["denied"]["by_hour"]) == 24
    assert series["denied"]["would_have_fired"] == 1
    assert 4 < series["denied"]["learnt"]["usual"] < 6
    assert "43,200 minutes x 62 tests" in series["denied"]["learnt"]["why"]


def test_the_power_table_falls_with_the_size_of_the_change(usual: Run) -> None:
    power = {one["series"]: one["minutes"] for one in usual.document["files"][0]["power"]}
    assert power["denied"]["x 5"] <= 4
    assert power["denied"]["x 5"] < (power["denied"]["x 2"] or 61)
    assert power["volume of total"]["x 0"] <= 4
    assert power["approved"]["x 5"] is None, "a share of nearly all cannot rise"


def test_the_page_is_well_formed_draws_the_episode_and_asks_nobody(usual: Run) -> None:
    text = usual.html.read_text()
    ElementTree.fromstring(
        re.sub(r"<!doctype html>|<meta[^>]*>", "", text).replace('<details class="page" open>', "<details>")
    )
    assert text.count('class="episode"') == 1
    assert not re.search(r"https?://|<script|src=|@import|url\(", text)


def test_what_a_file_says_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(written(counts(), "long").replace(b"denied", b"<b>&"))
    assert "<b>" not in Run(tmp_path, str(path)).html.read_text()


def test_wrong_rows_are_named_and_the_exit_code_is_1(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(written(counts(120), "long") + b"2025-07-12 13:50:00,denied,many\n")
    run = Run(tmp_path, str(path))
    assert run.code == 1
    assert run.complained[0] == f"{path}, row 362: column 'count': 'many' is not a number"
    assert run.document["files"][0]["wrong_rows"] == ["row 362: column 'count': 'many' is not a number"]


def test_an_episode_that_is_open_at_the_end_is_exit_code_3_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(written(counts(INCIDENT[1] - 5), "long"))
    assert Run(tmp_path, str(path)).code == 0
    run = Run(tmp_path, str(path), "--check")
    assert run.code == 3
    assert run.document["files"][0]["episodes"][0]["recovered"] is None


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="no column of times"):
        Run(tmp_path, str(path))
    path.write_bytes(written(counts(120), "long"))
    with pytest.raises(BadInput, match="cannot be written"):
        Run(tmp_path / "absent", str(path))

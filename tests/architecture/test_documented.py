"""Every part that can be added by adding a file has its mirrored test and its heading in the documents."""

import re

import pytest

from tests.tree import ROOT, documents, plugins

FOLDERS = (
    "console/panels",
    "api/parts",
    "api/ingest",
    "api/webhooks",
    "collector/probes",
    "collector/sinks",
    "simulator/scenarios",
    "simulator/replay",
    "alerts/rules",
    "alerts/channels",
    "alerts/actions",
)
PARTS = [(folder, name) for folder in FOLDERS for name in plugins(folder)]


def test_there_are_parts_to_look_at() -> None:
    assert PARTS


@pytest.mark.parametrize(("folder", "name"), PARTS)
def test_a_part_has_its_mirrored_test(folder: str, name: str) -> None:
    room, kind = folder.split("/")
    places = [ROOT / "tests" / "unit" / room / kind, ROOT / "tests" / "integration" / room / kind]
    places += [ROOT / "tests" / "unit" / room, ROOT / "tests" / "integration" / room]
    assert any((place / f"test_{name}.py").exists() for place in places), (
        f"{folder}/{name}.py wants tests/unit/{room}/{kind}/test_{name}.py"
    )


@pytest.mark.parametrize(("folder", "name"), PARTS)
def test_a_part_has_its_heading(folder: str, name: str) -> None:
    wanted = words(name)
    assert any(wanted in words(heading) for heading in headings()), f"no heading in docs/ names {name} ({folder})"


def headings() -> list[str]:
    """Every heading of every page."""
    return [line for page in documents() for line in page.read_text().splitlines() if re.match(r"#{1,6} ", line)]


def words(text: str) -> str:
    """Lower case, with dashes and underscores as spaces, so that `fraud-spike` is `fraud_spike`."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "

"""CONTRIBUTING is true: in a copy of the repository its templates are followed, counted, and each does its work."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.contributed import templates
from tests.contributed.templates import COSTS

# Tests that walk what exists, and so look at what was added; and what follows from a page, a panel or a read as such.
WALKS = (
    "tests/architecture/test_documented.py",
    "tests/architecture/test_pages.py",
    "tests/architecture/test_imports.py",
    "tests/architecture/test_rooms.py",
    "tests/unit/console/test_page.py",
    "tests/unit/console/test_panels.py",
    "tests/unit/core/test_monitoring.py",
    "tests/integration/api/resources/test_every_part.py",
)
WRONG = ("failure", "error", "skipped")


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, set[str]]]:
    """A copy in which every template was followed, and which files each of them touched."""
    copy = tmp_path_factory.mktemp("contributed")
    templates.copied(copy)
    touched: dict[str, set[str]] = {}
    before = templates.snapshot(copy)
    for kind in COSTS:
        templates.write(kind, copy)
        after = templates.snapshot(copy)
        touched[kind] = {name for name, content in after.items() if before.get(name) != content}
        before = after
    return copy, touched


@pytest.mark.parametrize("kind", COSTS)
def test_a_change_touches_so_many_files(kind: str, added: tuple[Path, dict[str, set[str]]]) -> None:
    own = {name for name in added[1][kind] if not name.startswith(("tests/", "docs/"))}
    queries = {name for name in own if name.endswith(".sql")}
    assert (len(own - queries), len(queries)) == COSTS[kind], sorted(own)
    assert any(name.startswith("tests/") for name in added[1][kind]), "a template has its test"
    assert any(name.startswith("docs/") for name in added[1][kind]), "and its heading"


def test_contributing_names_what_is_counted() -> None:
    """The table of CONTRIBUTING leads to the page of each kind, and says how many files it costs."""
    text = (templates.ROOT / "CONTRIBUTING.md").read_text()
    for kind, (files, queries) in COSTS.items():
        row = re.search(rf"^\|.*\(docs/contributing/{kind}\.md\).*\|$", text, re.MULTILINE)
        assert row, kind
        assert row[0].rstrip("| ").endswith(f"{files}{' + SQL' if queries else ''}"), row[0]


def run(copy: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """A program in the copy, which knows nothing of this run of pytest."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONPATH", "COV_"))}
    return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def outcomes(added: tuple[Path, dict[str, set[str]]]) -> dict[str, dict[str, str]]:
    """What became of each test in the copy, by its file: '' for one that passed."""
    copy, touched = added
    own = sorted(name for names in touched.values() for name in names if re.search(r"tests/.*/test_\w+\.py$", name))
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--junitxml=found.xml")
    done = run(copy, *command, "-o", "junit_family=xunit1", "tests/contributed/proof.py", *own, *WALKS)
    assert (copy / "found.xml").exists(), done.stdout + done.stderr
    found: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(copy / "found.xml").iter("testcase"):
        wrong = [one.get("message", "") + "\n" + (one.text or "") for one in case if one.tag in WRONG]
        found.setdefault(case.get("file", ""), {})[case.get("name", "")] = "\n".join(wrong)
    assert set(own) | set(WALKS) <= found.keys(), done.stdout
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", COSTS)
def test_what_was_added_works(
    kind: str, outcomes: dict[str, dict[str, str]], added: tuple[Path, dict[str, set[str]]]
) -> None:
    proof = outcomes["tests/contributed/proof.py"]
    assert f"test_{kind}" in proof
    own = {name: said for name, said in proof.items() if name.startswith(f"test_{kind}")}
    for file in added[1][kind] & outcomes.keys():
        own |= outcomes[file]
    assert told(own) == ""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("file", WALKS)
def test_tests_that_walk_the_house_accept_it(file: str, outcomes: dict[str, dict[str, str]]) -> None:
    assert told(outcomes[file]) == ""


def told(outcomes: dict[str, str]) -> str:
    """What the tests that failed in the copy said."""
    return "\n\n".join(f"{name}: {said}" for name, said in outcomes.items() if said)


@pytest.mark.parametrize("command", [("check", "."), ("format", "--check")], ids=" ".join)
def test_ruff_accepts_it(command: tuple[str, ...], added: tuple[Path, dict[str, set[str]]]) -> None:
    copy, touched = added
    files = [name for names in touched.values() for name in names if name.endswith(".py")]
    done = run(copy, sys.executable, "-m", "ruff", *command, *(files if command[0] == "format" else ()))
    assert done.returncode == 0, done.stdout

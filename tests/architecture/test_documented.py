"""Every part that can be added by adding a file has its mirrored test and its heading in the documents."""

import ast
import re

import pytest

from core.monitoring import declared_reads
from tests.tree import ROOT, headings, plugins

FOLDERS = (
    "console/panels",
    "api/resources",
    "api/ingest",
    "api/webhooks",
    "collector/probes",
    "collector/sinks",
    "collector/figures",
    "simulator/scenarios",
    "simulator/replay",
    "simulator/receivers",
    "alerts/evaluate/rules",
    "alerts/notify/channels",
    "alerts/respond/actions",
    "alerts/jobs",
    "ml/jobs",
)
PARTS = [(folder, name) for folder in FOLDERS for name in plugins(folder)]
PARTS += [("api/resources", name) for name in declared_reads()]


def test_there_are_parts_to_look_at() -> None:
    assert PARTS


@pytest.mark.parametrize(("folder", "name"), PARTS)
def test_a_part_has_its_mirrored_test(folder: str, name: str) -> None:
    room, kind = folder.split("/", 1)
    places = [ROOT / "tests" / level / room for level in ("unit", "integration")]
    mirrored = [place / f"test_{name}.py" for place in (*places, *(place / kind for place in places))]
    assert any(path.exists() and can_fail(ast.parse(path.read_text())) for path in mirrored), (
        f"{folder}/{name}.py wants tests that can fail in tests/unit/{room}/{kind}/test_{name}.py,"
        f" or in tests/integration/{room}/{kind}/test_{name}.py when they need a server"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"""What it would test."""',
        "import pytest\nLIMIT = 3",
        "def test_it():\n    pass",
        'def test_it():\n    """It works."""\n    ...',
        "def test_it():\n    judge(1)",
        "def test_it():\n    assert True",
        "def helper():\n    assert judge(1) == 2",
    ],
)
def test_an_empty_file_of_tests_is_none(text: str) -> None:
    assert not can_fail(ast.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "def test_it():\n    assert judge(1) == 2",
        "def test_it():\n    with pytest.raises(Refused):\n        judge(1)",
        "class TestIt:\n    def test_it(self):\n        assert judge(1)",
    ],
)
def test_a_test_that_can_fail_is_one(text: str) -> None:
    assert can_fail(ast.parse(text))


def can_fail(file: ast.Module) -> bool:
    """Whether one of its tests asserts more than a constant, or that something is refused."""
    tests = [node for node in ast.walk(file) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return any(_claims(node) for test in tests for node in ast.walk(test))


def _claims(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.raises"


@pytest.mark.parametrize(("folder", "name"), PARTS)
def test_a_part_has_its_heading(folder: str, name: str) -> None:
    wanted = words(name)
    assert any(wanted in words(heading) for heading in headings()), f"no heading in docs/ names {name} ({folder})"


def words(text: str) -> str:
    """Lower case, with dashes and underscores as spaces, so that `fraud-spike` is `fraud_spike`."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "

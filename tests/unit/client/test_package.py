"""The package stands alone: the standard library only, Python 3.9, typed, short files, nothing opened on import."""

import ast
import sys
import tomllib

import pytest

from tests.tree import ROOT

FOLDER = ROOT / "client" / "gatehouse_client"
FILES = sorted(FOLDER.glob("*.py"))
# Imported where an application of theirs is bound, so they are there.
OF_THE_APPLICATION = {"flask.py": "flask", "django.py": "django"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_python_3_9_and_imports_the_standard_library_only(path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    assert ast.get_docstring(tree)
    assert path.read_text().count("\n") <= 300
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"gatehouse_client"}
    assert foreign == {name for name in [OF_THE_APPLICATION.get(path.name)] if name}


def test_annotations_are_never_evaluated() -> None:
    """`X | None` is an error in Python 3.9 unless the file says that annotations stay text."""
    assert [path.name for path in FILES if "from __future__ import annotations" not in path.read_text()] == []


def test_its_project_file_says_so() -> None:
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.9"
    assert project["project"]["dependencies"] == []
    assert (FOLDER / "py.typed").exists()
    assert project["tool"]["setuptools"]["package-data"] == {"gatehouse_client": ["py.typed"]}

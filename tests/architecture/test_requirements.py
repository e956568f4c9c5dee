"""docs/requirements.md explains every requirement that the code cites, and names tests that exist."""

import ast
import re
from collections.abc import Iterator

from tests.tree import ROOT, named, sources, tree

PAGE = (ROOT / "docs" / "requirements.md").read_text()
ANCHORS = re.findall(r'<a id="([a-z]\d{1,2})"></a>([A-Z]\d{1,2}) ', PAGE)
# The letters of the requirements; `E164` and `SHA1` are none of theirs.
CITED = re.compile(r"(?<![\w-])[KFRMHSALOXPDTECN]\d{1,2}(?![\w-])")


def test_each_id_has_one_anchor_of_its_own_name() -> None:
    assert len(ANCHORS) > 80
    assert [(anchor, name) for anchor, name in ANCHORS if anchor != name.lower()] == []
    assert len(set(ANCHORS)) == len(ANCHORS)


def test_each_id_of_a_docstring_is_explained() -> None:
    explained = {name for _, name in ANCHORS}
    cited = {
        (named(path), name) for path in sources() for text in docstrings(tree(path)) for name in CITED.findall(text)
    }
    assert len({name for _, name in cited}) > 40
    assert sorted((path, name) for path, name in cited if name not in explained) == []


def test_what_is_built_names_tests_that_exist() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| <a id=") and line.count(" | ") == 3]
    assert len(rows) > 60
    assert [row[:40] for row in rows if not re.search(r"`tests/\S+\.py`", row)] == []
    assert [name for name in re.findall(r"`(tests/\S+\.py)`", PAGE) if not (ROOT / name).exists()] == []


def docstrings(module: ast.Module) -> Iterator[str]:
    """The docstring of a module and of everything in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""

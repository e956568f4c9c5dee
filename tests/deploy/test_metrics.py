"""docs/metrics.md by the code alone: every metric that a file defines is listed with its labels, and no other."""

import ast
import re

from tests.tree import ROOT, sources, tree

KINDS = ("counter", "gauge", "histogram")
_ROW = re.compile(r"^\| `(\w+)` \| (counter|gauge|histogram) \| ([^|]*) \|", re.MULTILINE)


def test_every_metric_in_the_code_is_listed() -> None:
    listed = {
        name: (kind, set() if labels == "–" else set(labels.split(", ")))
        for name, kind, labels in _ROW.findall((ROOT / "docs" / "metrics.md").read_text())
    }
    assert listed == defined()


def defined() -> dict[str, tuple[str, set[str]]]:
    """Kind and labels of each metric, by name, as the calls of the registry say."""
    found = {}
    for path in sources():
        if path.name == "metrics.py" and path.parent.name == "web":
            continue
        names = {
            target.id: ast.literal_eval(node.value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
            for target in node.targets
            if isinstance(target, ast.Name) and all(isinstance(one, ast.Constant) for one in node.value.elts)
        }
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KINDS):
                continue
            if not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
                continue
            labels = node.args[2] if len(node.args) > 2 else None
            value = names[labels.id] if isinstance(labels, ast.Name) else ast.literal_eval(labels) if labels else ()
            found[node.args[0].value] = (node.func.attr, set(value))
    return found

"""Percentages have a space before their sign; plotly's and Python's own `%` formats write none."""

import re
from pathlib import Path

import pytest

from tests.tree import ROOT

FORMAT = re.compile(r"\{[^{}]*:[+,]?\.\d%\}")
SHOWN = sorted(
    [
        *(ROOT / "console").rglob("*.py"),
        *(ROOT / "console" / "templates").rglob("*.html"),
        ROOT / "ml" / "card" / "html.py",
    ]
)


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_for_people_formats_a_percentage_without_a_space(path: Path) -> None:
    assert not FORMAT.findall(path.read_text())

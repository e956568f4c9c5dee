"""The rules that a drift report brings along stand beside those of the shell around it."""

import re

from core.models.drift import style
from tests.tree import ROOT


def test_no_class_of_a_report_is_one_of_the_shells() -> None:
    """Else the shell's rule holds, too: a note of a column would lie over the page."""
    shell = re.sub(r"/\*.*?\*/", "", (ROOT / "console" / "assets" / "shell.css").read_text(), flags=re.DOTALL)
    ours, theirs = (set(re.findall(r"\.([a-zA-Z][\w-]*)", text)) for text in (style.RULES, shell))
    assert ours
    assert ours & theirs == set()

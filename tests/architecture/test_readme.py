"""What the documents tell people to type exists."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.tree import ROOT, documents, named

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", documents(), ids=named)
def test_commands_exist(page: Path) -> None:
    text = page.read_text()
    made = set(re.findall(r"(?:^|[`\s])make ([a-z][a-z-]*)`", text)) | set(
        re.findall(r"^\s*make ([a-z-]+)", code(text), re.M)
    )
    assert made <= TARGETS, f"no such make target: {made - TARGETS}"
    ours = {name for name in re.findall(r"python -m ([a-z_.]+)", text) if (ROOT / name.split(".")[0]).is_dir()}
    missing = {name for name in ours if find_spec(name) is None}
    assert missing == set()


@pytest.mark.parametrize("page", documents(), ids=named)
def test_links_and_pictures_exist(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target).exists()] == []


def code(text: str) -> str:
    """The fenced blocks of a page."""
    return "\n".join(re.findall(r"^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))

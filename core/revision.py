"""Which version of Gatehouse a process runs: what GATEHOUSE_VERSION says, else the git revision it was started from."""

from collections.abc import Mapping
from pathlib import Path

from core.settings import ROOT

VARIABLE = "GATEHOUSE_VERSION"
DIGITS = 12


def of(source: Mapping[str, str], root: Path = ROOT) -> str:
    """The version; '' when nobody said it and there is no repository. `source` is that of the settings."""
    return source.get(VARIABLE, "").strip()[:100] or _commit(root / ".git")[:DIGITS]


def _commit(git: Path) -> str:
    """What HEAD points to, without running git: an image and a service have none."""
    try:
        if git.is_file():  # a work tree of another repository
            git = (git.parent / git.read_text().removeprefix("gitdir:").strip()).resolve()
        head = (git / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head
        shared = git / "commondir"
        common = (git / shared.read_text().strip()).resolve() if shared.is_file() else git
        if (common / name).is_file():
            return (common / name).read_text().strip()
        packed = (line.partition(" ") for line in (common / "packed-refs").read_text().splitlines())
        return next((commit for commit, _, ref in packed if ref == name), "")
    except (OSError, UnicodeDecodeError, ValueError):
        return ""

"""The templates of docs/contributing as files: a path on a line of its own, then a fenced block with its content."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.tree import ROOT

PAGES = ROOT / "docs" / "contributing"
# How many files each kind costs beside tests and documents: files, and queries.
COSTS = {
    "page": (1, 0),
    "panel": (2, 1),
    "rule": (1, 0),
    "channel": (2, 0),
    "action": (1, 0),
    "job": (1, 0),
    "figure": (1, 0),
}
_FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_USE = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(kind: str, folder: Path = PAGES) -> dict[str, str]:
    """What the page of a kind has people write, by path. A path that exists already gets it at its end."""
    return dict(_FILE.findall((folder / f"{kind}.md").read_text()))


def use(kind: str, folder: Path = PAGES) -> str:
    """The lines of configuration by which an installation uses the new kind; '' where there are none."""
    found = _USE.search((folder / f"{kind}.md").read_text())
    return found[1] if found else ""


def copied(target: Path) -> None:
    """The repository as it stands, what is not committed yet included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def write(kind: str, target: Path) -> None:
    """Follow the page of a kind in the copy at `target`."""
    for name, content in files(kind).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + content)


def snapshot(target: Path) -> dict[str, bytes]:
    """Every file below `target` by its path."""
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}

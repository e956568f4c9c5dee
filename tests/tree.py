"""The repository as the architecture tests see it: its Python files, their syntax trees, its documents."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("core", "api", "collector", "console", "alerts", "ml", "simulator", "stack", "statuses")
ENTRIES = ("monitoring_api.py", "monitoring_dashboard.py", "gunicorn.conf.py")


@cache
def sources() -> list[Path]:
    """Every Python file of the product: the rooms that exist and the entry files."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "node_modules" not in path.parts]
    return files + [ROOT / name for name in ENTRIES if (ROOT / name).exists()]


def named(path: Path) -> str:
    """The path as people write it, from the root."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The dotted names that a file imports, anywhere in it, type-checking blocks included."""
    return tuple(_imported(tree(path)))


def _imported(parsed: ast.Module) -> Iterator[str]:
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def plugins(folder: str) -> list[str]:
    """The names of the parts discovered in a folder such as `console/panels`."""
    return sorted(path.stem for path in (ROOT / folder).glob("*.py") if not path.stem.startswith("_"))


@cache
def headings() -> list[str]:
    """Every heading of every document, without its signs; what stands in a fenced block is none."""
    found = []
    for page in documents():
        is_code = False
        for line in page.read_text().splitlines():
            if line.lstrip().startswith("```"):
                is_code = not is_code
            elif not is_code and re.match(r"#{1,6} ", line):
                found.append(line.lstrip("# "))
    return found


def documents() -> list[Path]:
    """Every Markdown page of the repository."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

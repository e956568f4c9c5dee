"""What one room alone uses lives in that room; core's packages are all in its layers; no room outgrows the rest."""

import ast
import tomllib
from collections import Counter

from core.monitoring import declared_reads
from tests.tree import ROOMS, ROOT, imports, module, named, sources, tree

LARGEST = 0.25
COMMAND = '__name__ == "__main__"'  # a module that people run is used by them


def test_the_layers_of_core_name_every_module_of_it() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    contracts = {contract["name"]: contract for contract in tools["importlinter"]["contracts"]}
    layers = " : ".join(contracts["the packages of core lie in layers"]["layers"]).split(" : ")
    modules = {f"core.{path.stem}" for path in (ROOT / "core").glob("*.py") if path.stem != "__init__"}
    assert set(layers) == modules | {f"core.{path.parent.name}" for path in (ROOT / "core").glob("*/__init__.py")}


def test_no_module_of_core_serves_one_room() -> None:
    assert {name: rooms for name, rooms in rooms_by_module().items() if len(rooms) < 2} == {}


def test_no_room_holds_more_than_a_quarter_of_the_lines() -> None:
    """Of core and the console each package counts by itself, and so does what stands beside the packages."""
    lines = Counter[str]()
    for path in sources():
        parts = named(path).split("/")
        lines["/".join(parts[:2]) if parts[0] in ("core", "console") and len(parts) > 2 else parts[0]] += (
            path.read_text().count("\n")
        )
    print(*(f"{room}: {n} ({n / lines.total():.1%})" for room, n in lines.most_common()), sep="\n")
    assert {room: n for room, n in lines.items() if n > LARGEST * lines.total()} == {}


def rooms_by_module() -> dict[str, set[str]]:
    """The rooms that reach each module of core, through others of core too."""
    paths = {module(path): path for path in sources()}
    users: dict[str, set[str]] = {name: set() for name in paths}
    for user, path in paths.items():
        for used in {*imports(path), *named_in_strings(tree(path))} & paths.keys():
            users[used].add(user)
    for name in declared_reads():  # found by their names
        users[f"core.monitoring.{name}"].add("api.query_read")
    return {
        name: reached(name, users)
        for name, path in paths.items()
        if name.startswith("core.") and path.stem != "__init__" and COMMAND not in path.read_text()
    }


def reached(name: str, users: dict[str, set[str]]) -> set[str]:
    """The rooms at the end of every chain of imports; an entry file serves several."""
    seen, waiting, rooms = {name}, [name], set[str]()
    while waiting:
        for user in users[waiting.pop()] - seen:
            seen.add(user)
            room = user.split(".")[0]
            if room == "core":
                waiting.append(user)
            else:
                rooms |= {room} if room in ROOMS else {"entry", "files"}
    return rooms


def named_in_strings(syntax: ast.Module) -> set[str]:
    """Modules that strings name, such as gunicorn's worker classes and what a process of its own runs."""
    found: set[str] = set()
    for node in ast.walk(syntax):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("core."):
            parts = node.value.replace(":", ".").split(".")
            found |= {".".join(parts[:length]) for length in range(2, len(parts) + 1)}
    return found

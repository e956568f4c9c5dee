"""A file has one subject: short, introduced by a docstring, and quiet when it is imported."""

import ast
import subprocess
import sys

import pytest

from tests.tree import ENTRIES, ROOT, module, named, sources, tree

LIMIT = 300
ENTRY_LIMIT = 20
# A longer file needs its reason here.
LONG: dict[str, str] = {}

# Audit events that mean a module does something when it is merely imported.
WATCHER = """
import sys, importlib
# What other people's packages do when they are imported is theirs.
import dash, flask, plotly.graph_objects, prometheus_client, redis, sqlalchemy, urllib3, xgboost
watched = {"socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.mkdir", "os.remove", "os.rename"}
module = ""
def hook(event, arguments):
    if module and (event in watched or event == "open" and writes(arguments)):
        print(f"{module}: {event} {arguments[:2]}")
def writes(arguments):
    path, mode, _ = arguments
    return isinstance(mode, str) and set(mode) & set("wax+") and "__pycache__" not in str(path)
sys.addaudithook(hook)
for name in sys.argv[1:]:
    module = ""
    package = name.split(".")[0]
    module = name
    importlib.import_module(name)
module = ""
import threading
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        print(f"a thread was started: {thread.name}")
"""


@pytest.mark.parametrize("path", sources(), ids=named)
def test_a_file_has_a_docstring_and_a_bearable_length(path: object) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    lines = path.read_text().count("\n")
    assert ast.get_docstring(tree(path)) or not path.read_text().strip(), f"{named(path)} does not say what it is for"
    assert lines <= LIMIT or named(path) in LONG, f"{named(path)} has {lines} lines; split it or list the reason"


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_file_only_assembles(name: str) -> None:
    path = ROOT / name
    if path.exists():
        assert path.read_text().count("\n") <= ENTRY_LIMIT


def test_long_files_are_still_long() -> None:
    assert [name for name in LONG if (ROOT / name).read_text().count("\n") <= LIMIT] == []


def test_importing_a_module_opens_nothing() -> None:
    entries = {*ENTRIES, "ml/service.py"}  # Read by gunicorn: these assemble the process.
    names = [module(path) for path in sources() if named(path) not in entries and path.stem != "__main__"]
    done = subprocess.run([sys.executable, "-B", "-c", WATCHER, *names], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""

"""Tests run side by side: each once, files kept together, and a process that dies costs only the test that it ran."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.tree import ROOT

FILES = {
    "test_a.py": """
import os

def test_one(): pass
def test_dies(): os._exit(3)
def test_two(tmp_path): pass
""",
    "test_b.py": """
import pytest

@pytest.fixture(scope="module")
def numbers(): return []

@pytest.mark.parametrize("n", range(5))
def test_in_order(numbers, n):
    assert len(numbers) == n
    numbers.append(n)
""",
    "test_c.py": """
import warnings

def test_fails():
    print("a word")
    warnings.warn("a warning")
    assert 1 == 2
""",
}


def test_each_test_runs_once_and_what_it_says_arrives(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", f"--rootdir={tmp_path}", "-p", "no:cacheprovider"]
    command += ["-p", "tests.longest_first", "-p", "tests.side_by_side", "--processes", "2", "--junitxml=found.xml"]
    done = subprocess.run([*command, "."], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    cases = list(ElementTree.parse(tmp_path / "found.xml").iter("testcase"))
    failed = {case.get("name"): "".join(one.text or "" for one in case) for case in cases if len(case)}
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases) == 9
    assert failed.keys() == {"test_dies", "test_fails"}
    assert "the process that ran it ended (3)" in failed["test_dies"]
    assert "assert 1 == 2" in failed["test_fails"]
    assert "a word" in done.stdout
    assert "a warning" in done.stdout

"""How a parallel run is packed: chains of stacks that exist, the longest first, and times in the form that is kept."""

import re
import tomllib
from types import SimpleNamespace

from tests import longest_first
from tests.longest_first import CHAINS, KEPT, told, unit
from tests.tree import ROOT


def test_chains_lead_to_tests_that_exist() -> None:
    assert [place for place in CHAINS if not (ROOT / place).exists()] == []
    assert unit("tests/upgrade/test_upgrade.py::test_x[a::b]") == unit("tests/growth/test_two_of_everything.py::test_y")
    assert unit("tests/unit/core/test_codec.py::test_z") == "tests/unit/core/test_codec.py"


def test_a_chain_begins_before_files_that_are_shorter_than_it_as_a_whole(monkeypatch, tmp_path) -> None:
    kept = tmp_path / "longest.toml"
    kept.write_text('"tests/a.py" = 50\n"tests/upgrade/u.py" = 40\n"tests/growth/g.py" = 30\n')
    monkeypatch.setattr(longest_first, "KEPT", kept)
    names = ["tests/z.py::1", "tests/growth/g.py::1", "tests/a.py::1", "tests/upgrade/u.py::1", "tests/y.py::1"]
    items = [SimpleNamespace(nodeid=name) for name in names]
    longest_first.pytest_collection_modifyitems(items)
    assert [item.nodeid[6] for item in items] == ["u", "g", "a", "z", "y"]


def test_times_are_written_in_the_form_that_is_kept() -> None:
    text = told({"tests/a.py": 9.4, "tests/b.py": 120.0, "tests/c.py": 0.2})
    assert text.splitlines() == ['"tests/b.py" = 120', '"tests/a.py" = 9']
    assert tomllib.loads(text).keys() == {"tests/a.py", "tests/b.py"}
    assert all(isinstance(seconds, int) for seconds in tomllib.loads(KEPT.read_text()).values())


def test_the_times_of_a_run_before_are_no_tests() -> None:
    """As two words pytest takes a file that is there for a folder of tests, and knows no option of ours any more."""
    assert re.findall(r"--file-times(.)", (ROOT / "Makefile").read_text()) == ["="]


def test_no_fixture_is_of_a_package() -> None:
    """Pytest takes a folder without `__init__.py` for the whole session: processes went on beside it to its end."""
    wanted = re.compile(r"""scope=["']package""")
    assert [str(path) for path in (ROOT / "tests").rglob("conftest.py") if wanted.search(path.read_text())] == []

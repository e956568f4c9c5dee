"""`python -m stack threats`: other people's lists in, entries shown and taken off, what is wrong named by line."""

from types import SimpleNamespace

import pytest

from core import settings
from stack import threats
from stack.failure import StackError


@pytest.fixture
def stack(database_url):
    return SimpleNamespace(settings=settings.load({"DATABASE_URL": database_url, "GATEHOUSE_SECRET_KEY": "k" * 40}))


def test_a_list_is_taken_shown_and_an_entry_taken_off(stack, tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("address,tag\n0xABC123,x\n203.0.113.7,y\n127.0.0.1,us\nno such thing,z\n")
    assert threats.run(stack, ["import", str(path), "--days", "30", "--reason", "phishing"]) == 1
    said = capsys.readouterr().out
    assert f"{path}, line 5: " in said
    assert "skipped, because they are always allowed: 127.0.0.1" in said
    assert "2 entries of list.csv: 2 new, 0 extended, 0 duplicates" in said
    assert threats.run(stack, ["list"]) == 0
    assert "0xabc123" in capsys.readouterr().out
    assert threats.run(stack, ["remove", "203.0.113.7"]) == 0
    threats.run(stack, ["list", "--kind", "ip"])
    assert capsys.readouterr().out.endswith("0 entries\n")


def test_what_cannot_be_read_is_named(stack, tmp_path):
    path = tmp_path / "list"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StackError, match="is not UTF-8 text"):
        threats.run(stack, ["import", str(path)])
    path.write_text("# nothing\n")
    with pytest.raises(StackError, match="contains no IP address or wallet"):
        threats.run(stack, ["import", str(path)])

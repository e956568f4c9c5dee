"""A command that fails says why in one sentence a line, and exits with 2."""

import argparse
import subprocess
import sys

import pytest

from core import command
from core.errors import BadInput, ConfigError, DatabaseUnavailable


@pytest.mark.parametrize(
    ("error", "said"),
    [(ConfigError(["one", "two"]), "one\ntwo\n"), (BadInput("--days", "is none"), "--days: is none\n")],
)
def test_what_is_wrong_is_said(error, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["x"])

    def fail(_arguments, _settings):
        raise error

    assert command.main("x", argparse.ArgumentParser(), fail) == 2
    assert capsys.readouterr().err == said


def test_who_has_no_servers_hears_how_to_get_some(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["x"])
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert command.main("x", argparse.ArgumentParser(), lambda _, known: known.require("database_url")) == 2
    assert capsys.readouterr().err.splitlines()[1].startswith("`make run` in this folder")

    def away(_arguments, _settings):
        raise DatabaseUnavailable("connection refused")

    assert command.main("x", argparse.ArgumentParser(), away) == 2
    assert capsys.readouterr().err.endswith("`make run` starts it.\n")


def test_the_commands_own_exit_code_is_given_back(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x"])
    assert command.main("x", argparse.ArgumentParser(), lambda *_: 3) == 3


TALKS = """
import argparse, sys
from core import command
def talk(_arguments, _settings):
    while True:
        print("line " * 100)
sys.exit(command.main("x", argparse.ArgumentParser(), talk))
"""


def test_a_reader_that_leaves_is_no_error():
    with subprocess.Popen([sys.executable, "-c", TALKS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as talking:
        assert talking.stdout is not None
        assert talking.stderr is not None
        talking.stdout.readline()
        talking.stdout.close()
        assert talking.wait(20) == command.CUT_SHORT
        assert talking.stderr.read() == b""

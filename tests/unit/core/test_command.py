"""A command that fails says why in one sentence a line, and exits with 2."""

import argparse
import sys

import pytest

from core import command
from core.errors import BadInput, ConfigError


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


def test_the_commands_own_exit_code_is_given_back(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x"])
    assert command.main("x", argparse.ArgumentParser(), lambda *_: 3) == 3

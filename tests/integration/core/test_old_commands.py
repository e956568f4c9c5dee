"""Commands under their old names do what the new ones do: deployments that name them keep working."""

import os
import subprocess
import sys

import pytest

from tests.tree import ROOT


@pytest.mark.parametrize(
    ("old", "new"), [("core.store.migrate", "core.db.migrate"), ("core.store.audit_check", "core.audit.check")]
)
def test_the_old_name_answers_as_the_new_one(old: str, new: str) -> None:
    code, said = answer(old)
    assert (code, said) == answer(new)
    assert code != 0
    assert "DATABASE_URL" in said


def answer(name: str) -> tuple[int, str]:
    """What a command says that was told of no database."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "GATEHOUSE_"))}
    done = subprocess.run([sys.executable, "-m", name], cwd=ROOT, env=own, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr

"""docs/operations.md is complete: every variable that our settings read is explained there, or where it says."""

import re

from tests.tree import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
# Of the local stack (docs/local-stack.md), of tests, and of loopback only (docs/security/machines.md).
ELSEWHERE = {
    "GATEHOUSE_POSTGRES_PORT", "GATEHOUSE_REDIS_PORT", "GATEHOUSE_RECEIVERS_PORT", "GATEHOUSE_RECEIVERS_SMTP_PORT",
    "GATEHOUSE_RPC_PORT", "GATEHOUSE_FAILPOINT", "GATEHOUSE_AUTH",
}  # fmt: skip


def test_every_setting_is_explained() -> None:
    known = set(
        re.findall(r'"((?:GATEHOUSE|DATABASE|REDIS)_[A-Z_]*[A-Z])"', (ROOT / "core" / "settings.py").read_text())
    )
    assert len(known) > 20
    named = set(re.findall(r"`((?:GATEHOUSE|DATABASE|REDIS)_[A-Z_]+)`", PAGE))
    named |= {f"GATEHOUSE_{name}" for name in re.findall(r"`…_([A-Z_]+)`", PAGE)}
    assert known - named - ELSEWHERE == set()
    assert (ELSEWHERE & named) == set(), "explained after all"


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", PAGE)) <= targets

"""The start of the local stack hands each process its own token, and nobody the console's secret."""

from pathlib import Path

from core import process_tokens, settings
from stack import start
from stack.home import Home
from stack.supervisor import Supervisor


def prepared(folder: Path, **given: str) -> Supervisor:
    """The supervisor after the secrets were handed out."""
    home = Home(folder / "home")
    home.open()
    supervisor = Supervisor(home, {"DATABASE_URL": "postgresql://d", "REDIS_URL": "redis://r", **given})
    stack = start.Stack(settings.load(given), home, supervisor)
    start.prepare_secrets(stack, lambda _: None)
    start.publish_addresses(stack)
    return supervisor


def test_each_caller_has_its_own_token_and_only_digests_are_shared(tmp_path: Path) -> None:
    supervisor = prepared(tmp_path)
    known = settings.load({"GATEHOUSE_INTERNAL_CALLERS": supervisor.env["GATEHOUSE_INTERNAL_CALLERS"]})
    shown = {name: supervisor.own[name]["GATEHOUSE_OWN_TOKEN"] for name in process_tokens.SCOPES}
    assert known.internal_callers == {name: process_tokens.digest(token) for name, token in shown.items()}
    assert len(set(shown.values())) == len(shown)
    assert not any(token in text for text in supervisor.env.values() for token in shown.values())
    assert "GATEHOUSE_INTERNAL_TOKEN" not in supervisor.env
    holders = [name for name, own in supervisor.own.items() if "GATEHOUSE_ADMIN_PASSWORD_HASH" in own]
    assert holders == ["console"]
    assert "GATEHOUSE_ADMIN_PASSWORD_HASH" not in supervisor.env
    terminal = supervisor.home.addresses()
    assert terminal["GATEHOUSE_OWN_TOKEN"] == shown["simulator"] == supervisor.own["backfill"]["GATEHOUSE_OWN_TOKEN"]


def test_a_shared_token_from_outside_stays_the_only_one(tmp_path: Path) -> None:
    supervisor = prepared(tmp_path, GATEHOUSE_INTERNAL_TOKEN="s" * 40)
    assert not any("GATEHOUSE_OWN_TOKEN" in own for own in supervisor.own.values())
    assert "GATEHOUSE_INTERNAL_CALLERS" not in supervisor.env
    terminal = settings.load(supervisor.home.addresses())
    assert (terminal.own_token, terminal.internal_token) == ("s" * 40, "s" * 40)

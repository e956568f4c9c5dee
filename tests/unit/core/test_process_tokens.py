"""Our own processes know one another by digests; what cannot be one is named without the secret."""

from pathlib import Path

import pytest

from core import process_tokens, settings
from core.errors import ConfigError

TOKENS = {name: f"the-own-token-of-{name}-0123456789abcdef" for name in process_tokens.SCOPES}


def test_a_listing_holds_digests_only_and_reads_back() -> None:
    text = process_tokens.listing(TOKENS)
    assert not any(token in text for token in TOKENS.values())
    known = settings.load({"GATEHOUSE_INTERNAL_CALLERS": text})
    assert known.internal_callers == {name: process_tokens.digest(token) for name, token in TOKENS.items()}


def test_tokens_themselves_may_stand_there_too() -> None:
    mixed = f"console={TOKENS['console']}, alerts=sha256:{process_tokens.digest(TOKENS['alerts']).hex()},"
    known = settings.load({"GATEHOUSE_INTERNAL_CALLERS": mixed})
    assert known.internal_callers == {name: process_tokens.digest(TOKENS[name]) for name in ("console", "alerts")}
    assert TOKENS["console"] not in repr(known)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("collector=" + "c" * 40, "entry 1: it must begin with one of api=, console=, alerts=, simulator="),
        ("console=" + "c" * 31, "entry 1: the token of console must have at least 32 characters"),
        (f"console={'c' * 32},console={'d' * 32}", "entry 2: console is named twice"),
        ("api=sha256:" + "0" * 63, "entry 1: sha256: wants 64 hexadecimal digits"),
        ("c" * 40, "entry 1: it must begin with"),
    ],
)
def test_what_is_wrong_is_named_without_the_secret(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.load({"GATEHOUSE_INTERNAL_CALLERS": text})
    assert said in str(caught.value)
    assert "c" * 31 not in str(caught.value)


def test_a_process_shows_its_own_token_else_the_shared_one(tmp_path: Path) -> None:
    shared = {"GATEHOUSE_INTERNAL_TOKEN": "s" * 40}
    assert settings.load(shared).own_token == "s" * 40
    assert settings.load(shared | {"GATEHOUSE_OWN_TOKEN": "o" * 40}).own_token == "o" * 40
    with pytest.raises(ConfigError, match="GATEHOUSE_OWN_TOKEN must have at least 32"):
        settings.load({"GATEHOUSE_OWN_TOKEN": "short"})
    files = {f"{name}_FILE": str(tmp_path / name) for name in process_tokens.OPTIONAL}
    assert settings.load(files).own_token == "", "none of them was made yet"
    (tmp_path / "GATEHOUSE_INTERNAL_TOKEN").write_text("s" * 40)
    assert settings.load(files).own_token == "s" * 40
    (tmp_path / "GATEHOUSE_OWN_TOKEN").mkdir()
    with pytest.raises(ConfigError, match="GATEHOUSE_OWN_TOKEN_FILE: cannot read"):
        settings.load(files)

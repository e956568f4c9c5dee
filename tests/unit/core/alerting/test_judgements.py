"""Signed links: they open one incident, for two weeks, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from core.alerting import judgements
from core.alerting.judgements import LINK_SECONDS

KEY = judgements.link_key("a secret key of the installation")
NOW = 1_800_000_000.0


def test_a_token_is_of_its_incident_and_time() -> None:
    token = judgements.token(KEY, "A1-0f2e.x", NOW)
    assert judgements.incident_of(KEY, token, NOW) == "A1-0f2e.x"
    assert judgements.incident_of(KEY, token, NOW + LINK_SECONDS - 1) == "A1-0f2e.x"
    assert judgements.incident_of(KEY, token, NOW + LINK_SECONDS) is None
    assert judgements.incident_of(judgements.link_key("another"), token, NOW) is None


def test_nothing_of_it_can_be_altered() -> None:
    token = judgements.token(KEY, "A1-1", NOW)
    incident, until, mac = token.split(".")
    for wrong in (
        f"A1-2.{until}.{mac}", f"{incident}.{int(until) + 1}.{mac}", f"{incident}.{until}.{mac[:-1]}",
        f"{incident}.{until}.{mac}x", f"{incident}.{until}.", f"{incident}.{mac}", "", ".", "..", f".{until}.{mac}",
        f"{incident}.{until}.{'é' * 32}", f"{incident}.{'9' * 400}.{mac}",
    ):  # fmt: skip
        assert judgements.incident_of(KEY, wrong, NOW) is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert judgements.incident_of(KEY, text, NOW) is None

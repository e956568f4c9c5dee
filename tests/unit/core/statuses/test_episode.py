"""An episode's headline says what moved, by how much, and which code it mostly has, by its name."""

from core.statuses.episode import Moved, headline


def moved(kind: str, name: str, nats: float = 16.0) -> Moved:
    return Moved(kind, name, 1, 7.5, 31.0, 10.0, 33.0, nats, 100, 103)  # type: ignore[arg-type]


def test_the_headline_names_the_code_that_rose_with_it() -> None:
    found = headline([moved("status", "denied"), moved("code", "51")], {"approved": -23.0}, "16:23")
    assert found == (
        "denied 4.1 × usual since 16:23 (31/min, usual 7.5), approved −23 points, mostly code 51 (insufficient funds), "
        "p < 1e-6"
    )


def test_a_code_that_moved_alone_is_named_too() -> None:
    assert headline([moved("code", "91")], {}, "16:23").startswith("code 91 (issuer unavailable) 4.1 × usual")


def test_a_status_leads_although_its_code_is_the_stronger() -> None:
    found = headline([moved("code", "51", 20.0), moved("status", "denied")], {}, "16:23")
    assert found.startswith("denied 4.1 × usual")
    assert "mostly code 51" in found

"""What a channel takes in an hour, and what is said of the rest."""

from alerts.notify.stages import cap

NOW = 1_800_000_000.0


def test_the_cap_counts_all_rules_and_none_is_no_cap() -> None:
    assert not cap.is_reached(0, {"A4": 10**6})
    assert not cap.is_reached(60, {"A4": 40, "K1": 19})
    assert cap.is_reached(60, {"A4": 40, "K1": 20})


def test_a_rule_that_used_it_up_alone_has_no_exception() -> None:
    assert cap.spent(60, {"A4": 60, "K1": 59}) == ["A4"]


def test_the_second_message_counts_by_rule_and_comes_when_the_hour_ends() -> None:
    said = cap.left_out("sms", {f"R{n}": n for n in range(1, 13)}, "https://x/alerts", NOW)
    assert said.at == cap.ends(NOW) > NOW
    assert "78 messages were skipped" in said.summary
    assert "R12 12, R11 11" in said.summary
    assert "others 3" in said.summary
    assert cap.reached("sms", 60, "", NOW).incident_id == said.incident_id

"""E-mail: the message and its thread, TLS or nothing, and what each reply code means."""

from email import policy
from email.parser import BytesParser

import pytest

from alerts.notify.channel import Permanent, Transient
from alerts.notify.channels import email
from alerts.notify.channels.email import Parameters
from simulator.receiving.plan import Script
from tests.receiving import NOTICE, notice, wire


def parameters(receivers, **more):
    own = {
        "name": "e",
        "server": "GATEHOUSE_SMTP_URL",
        "sender": "Gatehouse <gatehouse@ops.example>",
        "to": "ml@ops.example, lead@ops.example",
        "ca_file": receivers.variables["GATEHOUSE_SMTP_CA"],
        "timeout": 2.0,
    }
    return Parameters(**{**own, **more})


def test_the_message_reads_as_text_and_as_html():
    mail = email.message(notice(title="Fraud & <b>more</b>"), "gatehouse@ops.example", "a@x.example")
    read = BytesParser(policy=policy.default).parsebytes(mail.as_bytes())
    assert read["Subject"] == "[HIGH] Fraud & <b>more</b>"
    text, html = read.get_body(("plain",)).get_content(), read.get_body(("html",)).get_content()
    assert text.splitlines()[0] == "HIGH: Fraud & <b>more</b>: 4.212 % (limit 3 %)"
    assert f"Incident: {NOTICE.link}" in text
    assert "&lt;b&gt;more" in html
    assert "<b>more" not in html
    assert "http-equiv" not in html
    assert "src=" not in html


def test_a_subject_cannot_smuggle_headers():
    mail = email.message(notice(title="x\r\nBcc: all@x.example"), "g@ops.example", "a@x.example")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[HIGH] x Bcc: all@x[.]example"


def test_an_incident_is_one_thread_and_a_try_is_one_message():
    first = email.message(NOTICE, "g@ops.example", "a@x.example")
    again = email.message(NOTICE, "g@ops.example", "a@x.example")
    ended = email.message(notice(event="resolve", at=NOTICE.at + 60), "g@ops.example", "a@x.example")
    assert first["Message-ID"] == again["Message-ID"] == "<A1-0123456789abcdef@ops.example>"
    assert ended["References"] == ended["In-Reply-To"] == first["Message-ID"]
    assert ended["Message-ID"] not in (first["Message-ID"], None)
    assert ended["Subject"] == f"Re: {first['Subject']}"


def test_it_is_handed_over_behind_tls_and_login(receivers):
    receipt = email.send(NOTICE, parameters(receivers), wire(receivers))
    (got,) = receivers.inbox.taken("smtp")
    assert got.key == receipt.id
    assert got.body["to"] == ["ml@ops.example", "lead@ops.example"]


@pytest.mark.parametrize("fault", ["429", "500", "cut", "timeout", "odd_body"])
def test_what_may_pass(receivers, fault):
    receivers.mail.plan, receivers.mail.hang = Script(fault), 3.0
    with pytest.raises(Transient):
        email.send(NOTICE, parameters(receivers, timeout=0.5), wire(receivers))
    assert receivers.inbox.taken("smtp") == []


def test_refused_recipients(receivers):
    receivers.mail.refuse = {"ml@ops.example": "550 5.1.1 unknown"}
    assert "ml@ops.example" in email.send(NOTICE, parameters(receivers), wire(receivers)).detail
    receivers.mail.refuse["lead@ops.example"] = "550 5.1.1 unknown"
    with pytest.raises(Permanent, match="550"):
        email.send(NOTICE, parameters(receivers), wire(receivers))
    receivers.mail.refuse = {"lead@ops.example": "451 4.2.0 greylisted"}
    with pytest.raises(Transient, match="451"):
        email.send(NOTICE, parameters(receivers), wire(receivers))


def test_a_wrong_password_and_a_foreign_certificate_never_help(receivers):
    url = receivers.variables["GATEHOUSE_SMTP_URL"]
    with pytest.raises(Permanent, match="535"):
        email.send(NOTICE, parameters(receivers), wire(receivers, GATEHOUSE_SMTP_URL=url.replace("@", "x@")))
    with pytest.raises(Permanent, match="certificate"):
        email.send(NOTICE, parameters(receivers, ca_file=""), wire(receivers))


def test_implicit_tls_is_not_spoken_to_in_the_clear(receivers):
    url = receivers.variables["GATEHOUSE_SMTP_URL"].replace("smtp://", "smtps://")
    with pytest.raises((Transient, Permanent)):
        email.send(NOTICE, parameters(receivers, timeout=1.0), wire(receivers, GATEHOUSE_SMTP_URL=url))
    assert receivers.inbox.arrivals("smtp") == []


def test_nobody_there(receivers):
    with pytest.raises(Transient, match=r"127\.0\.0\.1"):
        email.send(NOTICE, parameters(receivers), wire(receivers, GATEHOUSE_SMTP_URL="smtp://u:p@127.0.0.1:9"))


def test_what_is_missing(receivers):
    own = parameters(receivers, to="", sender="")
    assert email.missing(own, wire(receivers, GATEHOUSE_SMTP_URL="")) == ["GATEHOUSE_SMTP_URL", "sender", "to"]


def test_a_later_message_of_a_group_is_a_mail_of_its_own_in_the_thread() -> None:
    first = email.message(notice(group=NOTICE.incident_id), "a@b.example", "c@d.example")
    later = email.message(
        notice(group=NOTICE.incident_id, more=149, follows=True, at=NOTICE.at + 10), "a@b.example", "c@d.example"
    )
    assert later["Message-ID"] != first["Message-ID"], "mail systems drop what they have already"
    assert later["References"] == first["Message-ID"]
    assert later["Subject"] == f"Re: {first['Subject']}", "the thread stays one"
    assert "and 149 more" in later.get_body(("plain",)).get_content()  # type: ignore[union-attr]

"""No channel lets text from outside act: every kind that exists is sent the corpus, and none can be forgotten."""

import html
import json
import re
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from inspect import Signature, signature
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from alerts.notify.channels import alertmanager, email, pagerduty, slack, sms
from alerts.notify.http_transport import Wire
from alerts.notify.stages.deliver import attempt
from core import codec, discovery
from core.alerting.notification import Notice
from core.http import HttpResponse
from simulator.receivers.slack import well_formed
from tests.receiving import NOTICE, notice
from tests.unit.alerts.notify.channels.corpus import BAD_CHARACTERS, BAD_LINK, EVERY

KINDS = discovery.kinds("alerts.notify.channels", "Parameters", "missing", "send")
RAW = {"webhook"}  # read by programs, which escape by themselves
EVENTS = ("trigger", "acknowledge", "resolve", "escalate", "notice", "test", "canary")
FORMATS = re.compile(r"[*`~]|(?<![^\W_])_+(?=\S)|<[!@#/A-Za-z]|\]\(")


def each_text(test: Callable[..., None]) -> Callable[..., None]:
    """The test with every text of the corpus in turn; a failure names the text."""

    def every(**known: Any) -> None:
        for text in EVERY:
            try:
                test(text=text, **known)
            except Exception as error:
                raise AssertionError(f"with {text[:60]!r}") from error

    every.__name__ = test.__name__
    own = signature(test).parameters.values()
    every.__signature__ = Signature([one for one in own if one.name != "text"])  # type: ignore[attr-defined]
    return every


def hostile(text: str, event: str = "trigger") -> Notice:
    """A notice in which everything that can come from outside does."""
    return notice(
        event=event, series=text, title=text, summary=text, actor=text, reason=text, correlation_id=text,
        details={text: [text, {"user_agent": text}]},
    )  # fmt: skip


def words(found: Any) -> list[str]:
    """Every text in a JSON value, keys too."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, dict):
        return [one for pair in found.items() for part in pair for one in words(part)]
    return [one for part in found for one in words(part)] if isinstance(found, list | tuple) else []


def check(found: str) -> None:
    for own in (NOTICE.link, NOTICE.runbook):
        found = found.replace(own, "")
    assert not BAD_CHARACTERS & set(found)
    assert not re.search(BAD_LINK, found)


class Seen:
    """A kind that keeps what it was given."""

    def __init__(self, kind: Any) -> None:
        self.kind, self.notices = kind, []  # type: ignore[var-annotated]
        if hasattr(kind, "RAW"):
            self.RAW = kind.RAW

    def missing(self, parameters: Any, wire: Wire) -> list[str]:
        return []

    def send(self, given: Notice, parameters: Any, wire: Wire) -> Any:
        self.notices.append(given)
        return self.kind.send(given, parameters, wire) if parameters else slack.Receipt()


@pytest.mark.parametrize("name", sorted(KINDS))
@each_text
def test_every_kind_is_given_harmless_notices_unless_it_is_for_programs(name: str, text: str) -> None:
    seen = Seen(KINDS[name])
    attempt(hostile(text), seen, None, Wire(lambda _: ""))
    [given] = seen.notices
    if name in RAW:
        assert given.series == text
        return
    for one in words(msgspec.to_builtins(given)):
        check(one)
    assert (given.link, given.runbook) == (NOTICE.link, NOTICE.runbook)


def test_a_kind_that_is_added_later_gets_harmless_notices_too() -> None:
    class New:
        def missing(self, parameters: Any, wire: Wire) -> list[str]:
            return []

        def send(self, given: Notice, parameters: Any, wire: Wire) -> Any:
            check(given.title)
            return slack.Receipt(detail=given.title)

    assert "hxxp" not in attempt(notice(title="http://evil.example"), New(), None, Wire(lambda _: "")).receipt.detail  # type: ignore[union-attr, arg-type]
    assert {name for name, kind in KINDS.items() if getattr(kind, "RAW", False)} == RAW


@pytest.mark.parametrize("event", EVENTS)
@each_text
def test_slack(text: str, event: str) -> None:
    found = slack.message(hostile(text, event))
    assert well_formed(found["blocks"])
    assert found["mrkdwn"] is False
    texts = [block["text"] for block in found["blocks"] if "text" in block]
    texts += [one for block in found["blocks"] for one in block.get("fields", [])]
    for one in [{"type": "plain_text", "text": html.unescape(found["text"])}, *texts]:
        ours = re.sub(r"^\*[A-Z][a-z ]+\*\n", "", one["text"]) if one["type"] == "mrkdwn" else one["text"]
        ours = ours.replace(f"<{NOTICE.link}|Open the incident>", "").replace(f"<{NOTICE.runbook}|Runbook>", "")
        check(ours.replace("\n", ""))
        assert not FORMATS.search(ours)
        if one["type"] == "mrkdwn":
            assert one["verbatim"] is True
            assert "<" not in ours
            assert "&" not in re.sub(r"&(amp|lt|gt);", "", ours)
    assert any(f"<{NOTICE.link}|" in one["text"] for one in texts)


@pytest.mark.parametrize("event", EVENTS)
@each_text
def test_mail(text: str, event: str) -> None:
    mail = email.message(hostile(text, event), "Gatehouse <g@ops.example>", "a@x.example")
    read = BytesParser(policy=policy.default).parsebytes(mail.as_bytes())
    assert set(read.keys()) <= {
        "Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    check(read["Subject"])
    plain, marked = read.get_body(("plain",)).get_content(), read.get_body(("html",)).get_content()
    check(plain.replace("\n", ""))
    assert not re.search(r"[*`~]|(?<![^\W_])_+(?=\S)", plain.replace(NOTICE.link, "").replace(NOTICE.runbook, ""))
    assert re.findall(r'href="([^"]*)"', marked) == [NOTICE.link, NOTICE.runbook]
    assert set(re.findall(r"<(\w+)", marked)) == {"html", "body", "p", "table", "tr", "td", "a"}
    check(html.unescape(re.sub(r"<[^>]*>", " ", marked)).replace("\n", "").replace("\xa0", ""))


@pytest.mark.parametrize("event", EVENTS)
@each_text
def test_sms(text: str, event: str) -> None:
    found = sms.body(hostile(text, event))
    assert len(found) <= sms.LONGEST
    assert set(found) <= sms.GSM7 | sms.TWO_SEPTETS
    assert found.splitlines()[-1] == NOTICE.link
    check(found.replace("\n", ""))


def test_a_link_that_does_not_fit_into_an_sms_is_left_out_whole() -> None:
    assert "https" not in sms.body(notice(link="https://console.example/" + "x" * 3000))


@pytest.mark.parametrize("event", EVENTS)
@each_text
def test_pagerduty(text: str, event: str) -> None:
    found = pagerduty.event(hostile(text, event), "k" * 32)
    assert [one["href"] for one in found["links"]] == [NOTICE.link, NOTICE.runbook]
    assert len(found["payload"]["summary"].encode("utf-16-le")) // 2 <= 1024
    assert len(codec.encode(found)) <= 512 * 1024
    assert not FORMATS.search(found["payload"]["summary"])
    for one in words(found["payload"]):
        check(one)


def test_details_from_outside_replace_nothing_of_ours() -> None:
    found = pagerduty.event(notice(details={"rule": "fake", "correlation_id": "fake"}), "k")["payload"][
        "custom_details"
    ]
    assert (found["rule"], found["correlation_id"]) == (NOTICE.rule, NOTICE.correlation_id)


@pytest.mark.parametrize("event", EVENTS)
@each_text
def test_alertmanager(text: str, event: str) -> None:
    found = alertmanager.alert(hostile(text, event), NOTICE.at, 300.0)
    assert (found["generatorURL"], found["annotations"].pop("runbook_url")) == (NOTICE.link, NOTICE.runbook)
    for one in words(found["annotations"]):
        check(one)
        assert not FORMATS.search(one)
    for one in words(found["labels"]):
        check(one)
    json.dumps(found).encode()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_sends_the_worst_without_failing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the wire is text that can be encoded, whatever it was made of."""
    wire = Wire(lambda _: ("smtp" if name == "email" else "https") + "://receiver.example/x")
    sent: list[bytes] = []

    def post(url: str, body: bytes, headers: dict[str, str], timeout: float) -> HttpResponse:
        sent.append(body)
        parse_qs(body.decode())
        return HttpResponse(202, {}, codec.encode({"status": "success", "dedup_key": NOTICE.incident_id, "sid": "SM1"}))

    monkeypatch.setattr(wire, "post", post)
    monkeypatch.setattr(email, "_hand_over", lambda mail, server, parameters: sent.append(mail.as_bytes()) or {})
    names = {
        "webhook_url": "GATEHOUSE_X", "routing_key": "GATEHOUSE_X", "server": "GATEHOUSE_X", "account": "GATEHOUSE_X",
        "token": "GATEHOUSE_X", "key": "GATEHOUSE_X", "sender": "+15005550006", "to": "+15005550009",
        "url": "GATEHOUSE_X" if name == "webhook" else "https://receiver.example",
    }  # fmt: skip
    kind = KINDS[name]
    parameters = kind.Parameters(
        name="x", **{key: value for key, value in names.items() if key in kind.Parameters.__struct_fields__}
    )
    for text in EVERY:
        if name in RAW and any("\ud800" <= letter <= "\udfff" for letter in text):
            continue  # no row of PostgreSQL holds one
        seen = Seen(kind)
        outcome = attempt(hostile(text), seen, parameters, wire)
        assert "Error" not in str(outcome), (text[:40], outcome)
    assert sent or name == "log"

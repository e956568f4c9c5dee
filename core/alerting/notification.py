"""What a message to people says (A8): the facts of an incident at one moment. Channels turn it into their own words."""

from typing import Any, Literal

from msgspec import Struct

from core.events.base import Severity

NoticeEvent = Literal["trigger", "acknowledge", "resolve", "escalate", "notice", "test", "canary"]


class Notice(Struct, frozen=True):
    """Times are epoch seconds; `incident_id` is the dedup key; `link` and `runbook` are absolute URLs or ''.

    `group` is the incident's id when the message speaks for its whole group, of `more` incidents beside it;
    it `follows` when receivers have heard of the group before.
    `brief` has pairs of a label and a sentence: where it is, what changed before, and what an earlier one was. `judge`
    is the signed address where whoever gets the message can say whether it was right.
    `value` and `limit` are in `unit`; `actor` is who acknowledged, resolved or escalated, if a person did, and
    `reason` why it was escalated or reopened.
    """

    incident_id: str
    event: NoticeEvent
    rule: str
    series: str
    severity: Severity
    title: str
    summary: str
    began_at: float
    at: float
    status: Literal["open", "acknowledged", "resolved"]
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    link: str = ""
    runbook: str = ""
    correlation_id: str = ""
    actor: str = ""
    reason: str = ""
    more: int = 0
    group: str = ""
    follows: bool = False
    details: dict[str, Any] = {}
    brief: list[tuple[str, str]] = []
    judge: str = ""

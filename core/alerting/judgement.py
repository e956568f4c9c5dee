"""What people say of an incident, as values: was it right to tell them? (N2). Pure."""

from datetime import datetime
from typing import Literal, NamedTuple

Judgement = Literal["right", "wrong", "useless"]
JUDGEMENTS: tuple[Judgement, ...] = ("right", "wrong", "useless")
MEANING = {
    "right": "it was real, and somebody had to know",
    "wrong": "nothing was wrong",
    "useless": "it was real, but there was nothing to do",
}


class Said(NamedTuple):
    """The last word on an incident."""

    judgement: Judgement
    judged_by: str
    judged_at: datetime
    via: Literal["console", "link"]


class Told(NamedTuple):
    """An incident that people were told of; `judgement` is None while nobody said anything."""

    id: str
    rule: str
    series: str
    severity: str
    title: str
    began_at: datetime
    opened_at: datetime
    notified_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    judgement: Judgement | None

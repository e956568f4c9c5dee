"""Resource `changes`: what changed in the window, oldest first: deploys, policy, configuration, models, incidents.

Charts mark them. `ref` is the deploy's number, the incident's id, or the version of the policy or the model; `detail`
says more, `service` is a deploy's. Of each kind the newest hundred of the window.
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["deploy", "policy", "configuration", "model", "incident"]


class Change(Struct, frozen=True, kw_only=True):
    """Something that changed at `t` (ms)."""

    t: int
    kind: Kind
    title: str
    detail: str
    ref: str
    service: str


RESOURCE = list[Change]
QUERY = "changes.between"
REFRESH = 5.0

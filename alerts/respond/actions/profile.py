"""Captures a performance profile of a live process and keeps the flame graph with the incident (A2)."""

from typing import Annotated, Literal

from msgspec import Meta

from alerts.respond.action import ActionContext, ActionResult, Artefact, Permanent, Plan
from core import clock, codec
from core.alerting.action_runs import Run
from core.config import Frozen
from core.errors import HttpUnavailable
from core.http import HttpClient

KIND = "profile"
PATH = "/internal/profile"
SLACK_SECONDS = 20.0
LARGEST = 4_000_000


class Parameters(Frozen, frozen=True):
    """`service` is one of our own processes that answer HTTP with tokens."""

    service: Literal["scoring", "api"] = "scoring"
    seconds: Annotated[int, Meta(ge=1, le=60)] = 10
    rate: Annotated[int, Meta(ge=10, le=500)] = 100


def plan(context: ActionContext, run: Run) -> Plan:
    """Nothing is changed outside; what will be asked is on record all the same."""
    parameters = context.parameters
    return Plan({}, {"service": parameters.service, "seconds": parameters.seconds})


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Ask for the profile. Raises Permanent when the process cannot be profiled, HttpUnavailable when it is away or
    busy.
    """
    parameters = context.parameters
    settings = context.settings
    base = settings.scoring_url if parameters.service == "scoring" else settings.api_url
    client = HttpClient(base, parameters.seconds + SLACK_SECONDS, 1, settings.own_token)
    path = f"{PATH}?seconds={parameters.seconds}&rate={parameters.rate}"
    answer = client.request("POST", path, body=b"", headers={"X-Correlation-ID": context.incident.correlation_id})
    if answer.status in (409, 429) or (answer.status >= 500 and answer.status != 503):
        raise HttpUnavailable(f"{parameters.service} answered {answer.status} to a profile")
    if answer.status != 200:
        raise Permanent(f"{parameters.service} cannot be profiled: {_reason(answer.body)} ({answer.status})")
    if len(answer.body) > LARGEST or not answer.body.lstrip().startswith(b"<svg"):
        raise Permanent(f"{parameters.service} answered {len(answer.body)} bytes that are not a flame graph")
    name = f"{parameters.service}-{clock.to_datetime(context.now):%Y%m%dT%H%M%SZ}.svg"
    return ActionResult(
        f"flame graph of {parameters.service} over {parameters.seconds} s ({len(answer.body) // 1024 + 1} kB)",
        artefacts=(Artefact(name, "image/svg+xml", answer.body),),
    )


def _reason(body: bytes) -> str:
    try:
        document = codec.decode(body)
    except ValueError:
        return "no reason given"
    return str(document.get("detail", "no reason given"))[:200] if isinstance(document, dict) else "no reason given"

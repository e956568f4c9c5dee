"""A profile on demand: its form, and the action that asks all workers of a service for it."""

from dash import html
from flask import g

from console import forms, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.page import PageContext
from console.panel_layout import icon
from core import clock
from core.endpoints import profile_runs
from core.endpoints.profile_runs import LEAST_RATE, LEAST_SECONDS, MOST_RATE, ProfileRun
from core.errors import DatabaseUnavailable, RedisUnavailable

SERVICES = {"api": "api", "scoring": "scoring", "console": "console"}  # our processes that have the sampler
SECONDS, RATE = 15, 100


@action("performance/profiler/run", role="operator", name="profile_run")
def run(auth: AuthContext, form: Form) -> Done:
    """Sample every worker of a service more often for some seconds."""
    most = auth.settings.config.performance.profiler.most_seconds
    service = form.text("service")
    seconds, rate = _whole(form.text("seconds", 10)), _whole(form.text("rate", 10))
    wrong = {}
    if service not in SERVICES:
        wrong["service"] = "Choose one of the services."
    if not LEAST_SECONDS <= seconds <= most:
        wrong["seconds"] = f"Between {LEAST_SECONDS} and {most} seconds."
    if not LEAST_RATE <= rate <= MOST_RATE:
        wrong["rate"] = f"Between {LEAST_RATE} and {MOST_RATE} a second."
    if wrong:
        raise Refusal.by_field(wrong)
    now = clock.now()
    try:
        wanted = profile_runs.ask(auth.live, service, rate, seconds)
        if wanted is None:
            raise Refusal(f"A profile of {service} is being taken. Try again when it has ended.", 409)
        begun = ProfileRun(
            id=wanted.id, service=service, requested_by=g.session.user, started_at=now, seconds=seconds, rate=rate
        )
        with auth.database.transaction() as connection:
            profile_runs.put(connection, begun)
    except RedisUnavailable:
        raise Refusal("Redis cannot be reached. Try again.", 503) from None
    except DatabaseUnavailable:
        raise Refusal("PostgreSQL cannot be reached. Try again.", 503) from None
    words = f"Profiling {service} for {seconds} seconds, {rate} samples a second."
    return Done(words, go=f"performance/profiler?service={service}&run={wanted.id}&range=15m")


def sheet(context: PageContext, service: str) -> html.Section | None:
    """The form; for operators."""
    if not context.can("operator"):
        return None
    most = context.auth.settings.config.performance.profiler.most_seconds
    fields = [
        forms.choice("service", "Service", SERVICES, service if service in SERVICES else "api"),
        forms.text("seconds", "Seconds", str(SECONDS), type="number", min=LEAST_SECONDS, max=most),
        forms.text("rate", "Samples a second", str(RATE), type="number", min=LEAST_RATE, max=MOST_RATE),
    ]
    made = forms.form(context.prefix, run, fields, [icon("lightning-charge"), "Profile"])
    return markup.sheet("demand", "Profile on demand", made, note="every worker of a service; operators")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else -1

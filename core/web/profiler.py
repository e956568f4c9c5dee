"""The profiler of a process: its sampler on the watcher, profiles on demand, and `POST /internal/profile`.

That address samples this very process for some seconds and answers with a flame graph, which an incident keeps. Of
several workers the one that takes the request is sampled, one profile at a time. The console asks all workers of a
service at once (`core/endpoints/profile_runs.py`).
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Annotated

from flask import Flask, Response
from msgspec import Meta, Struct

from core import clock, log
from core.db.redis_client import Live
from core.endpoints import profile_runs
from core.errors import RedisUnavailable
from core.web import flame_graph
from core.web.body import arguments
from core.web.openapi import INTERNAL, documented
from core.web.problems import problem
from core.web.profile_sampler import SELF, ProfileSampler
from core.web.recorder import RequestRecorder
from core.web.request_batch import RequestRecord

ASK_SECONDS = 1.0
_log = log.get(__name__)


class ProfileQuery(Struct, forbid_unknown_fields=True):
    """Arguments: seconds to sample, samples a second; more than 100 are not taken."""

    seconds: Annotated[int, Meta(ge=1, le=60)] = 10
    rate: Annotated[int, Meta(ge=10, le=500)] = 100


def hang(sampler: ProfileSampler, recorder: RequestRecorder, live: Live, service: str) -> None:
    """Let the sampler work: on the watcher, and on the recorder's thread, which also sees what is asked for."""
    recorder.watcher.samplers.append(sampler)
    recorder.listeners.append(sampler.listen)
    recorder.listeners.append(_asker(sampler, live, service))
    recorder.at_end.append(sampler.flush)


def _asker(sampler: ProfileSampler, live: Live, service: str) -> Callable[[list[RequestRecord]], None]:
    """A listener that begins what was asked for, once."""
    newest, due = "", 0.0

    def ask(_: list[RequestRecord]) -> None:
        nonlocal newest, due
        if (now := time.monotonic()) < due:
            return
        due = now + ASK_SECONDS
        try:
            found = profile_runs.wanted(live, service)
        except RedisUnavailable:
            return
        if found is not None and found[0].id != newest:
            wanted, left = found
            newest = wanted.id
            sampler.begin(wanted.id, wanted.rate, left)
            _log.info("profiling", run=wanted.id, seconds=round(left, 1), rate=wanted.rate)

    return ask


def install(app: Flask, name: str, sampler: ProfileSampler) -> None:
    """Add the route to the process `name`."""
    busy = threading.Lock()

    @app.post(SELF)
    @documented(
        "Record a flame graph of this process",
        tag=INTERNAL,
        scope="profile",
        query=ProfileQuery,
        answers={200: str},
        content_type="image/svg+xml",
        problems=(400, 409),
    )
    def profile() -> Response:
        asked = arguments(ProfileQuery)
        if not busy.acquire(blocking=False):
            return problem(409, "This process is already being profiled. Try again when that has finished.", "Busy")
        try:
            stacks = sampler.collect(asked.rate, asked.seconds)
        finally:
            busy.release()
        title = f"{name}, process {os.getpid()}, {asked.seconds} s from {clock.iso(clock.now() - asked.seconds)}"
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; style-src 'none'"}
        return Response(flame_graph.svg(stacks, title), headers=headers, content_type="image/svg+xml")

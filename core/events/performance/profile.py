"""Stacks that a sampling profiler found in one minute: how often each was seen."""

from typing import Annotated, ClassVar

from msgspec import Meta

from core.errors import BadInput
from core.events.endpoint_series import LINE
from core.events.performance.reported import Reported

MOST_FRAMES = 2_000  # names of an event
MOST_STACKS = 500  # of an event
DEEPEST = 128  # frames of a stack
MOST_PLACES = 30_000  # frames of all stacks of an event together
FRAME_LENGTH = 200
Frame = Annotated[str, Meta(min_length=1, max_length=FRAME_LENGTH, pattern=LINE)]
Place = Annotated[int, Meta(ge=0, lt=MOST_FRAMES)]
Stack = Annotated[list[Place], Meta(min_length=1, max_length=DEEPEST)]
Samples = Annotated[int, Meta(ge=1, le=1_000_000)]
Run = Annotated[str, Meta(max_length=40, pattern=r"^(?!.*\n)[A-Za-z0-9-]*$")]


class Profile(Reported, tag="profile", kw_only=True):
    """What one process saw of an endpoint's stacks in one minute since it last said so: what several say adds up.

    `frames` are names of functions with their modules, `own` the places in it of the application's own functions, the
    rest are of libraries. `stacks` are places in `frames`, outermost first, and `counts` the samples of each. Without a
    `route` they are of work outside requests; with a `run` they were sampled on demand and count there alone.
    """

    kept_by: ClassVar[str] = "profile_days"
    frames: Annotated[list[Frame], Meta(min_length=1, max_length=MOST_FRAMES)]
    stacks: Annotated[list[Stack], Meta(min_length=1, max_length=MOST_STACKS)]
    counts: Annotated[list[Samples], Meta(min_length=1, max_length=MOST_STACKS)]
    own: Annotated[list[Place], Meta(max_length=MOST_FRAMES)] = []
    route: Annotated[str, Meta(max_length=300, pattern=LINE)] = ""
    method: Annotated[str, Meta(max_length=20, pattern=r"^(?!.*\n)[A-Za-z_-]*$")] = ""
    run: Run = ""

    def complete(self) -> None:
        """Cut its time to the minute. Raises BadInput for places that name no frame, or counts of no stack."""
        self.timestamp = float(self.timestamp or 0) // 60 * 60
        known = len(self.frames)
        if len(self.stacks) != len(self.counts):
            raise BadInput("$.counts", "has to have one number for each of stacks")
        if sum(map(len, self.stacks)) > MOST_PLACES:
            raise BadInput("$.stacks", f"have more than {MOST_PLACES:,} frames together")
        if any(max(stack) >= known for stack in self.stacks):
            raise BadInput("$.stacks", f"name a frame that there is not: frames has {known}")
        if self.own and max(self.own) >= known:
            raise BadInput("$.own", f"names a frame that there is not: frames has {known}")

"""`config/statuses.toml`: what the detector assumes, every number it judges by. The defaults are what ships."""

from core.config import Count, Days, Frozen, Minutes, Positive, Share
from core.settings import Settings

DAY, WEEK = 1440, 10080  # minutes


class Budget(Frozen, frozen=True):
    """False alarms that are accepted: one in `days`, over all series together; `margin` is the factor by which the
    bound behind the line is known to be too careful (`core/statuses/detector/line.py`).
    """

    days: Days = 30.0
    margin: Positive = 30.0


class Common(Frozen, frozen=True):
    """What both kinds of series share; minutes, and shares of the line.

    One minute adds at most `clip`, so that none pages by itself; `rare_clip` where nearly none are usual, for a clump
    of retries is one event and not many. From `suspicious` on a minute is not learnt, for at most `patience`. Evidence
    that does not fire within `longest` is a drift, not an incident. As usual again is what reached `recovery` nats and
    began a `hold` ago. After `new_normal` an incident is the usual. The incident's level forgets by `level_half_life`,
    the dispersion by `spread_half_life`, in which one minute or block counts for at most `trim` standard deviations.
    """

    clip: Share = 0.6
    rare_clip: Share = 0.35
    suspicious: Share = 0.33
    patience: Count = 30
    longest: Count = 60
    recovery: Positive = 5.0
    hold: Count = 5
    new_normal: Count = 360
    level_half_life: Minutes = 30.0
    spread_half_life: Minutes = 4320.0
    trim: Positive = 3.0


class Composition(Frozen, frozen=True):
    """A status or code given the minute's total; minutes. Nothing is judged in the `warm_up` of a source's life.

    Usual is the higher of two rates, forgotten by `half_life` and `long_half_life`: the upper `bound` of each (standard
    deviations) and a `tolerance`, on the first day `first_day`.
    """

    warm_up: Count = 30
    half_life: Minutes = 180.0
    long_half_life: Minutes = 1440.0
    bound: Positive = 1.6449
    tolerance: Share = 0.25
    first_day: Share = 0.5


class Volume(Frozen, frozen=True):
    """A count against its own past; minutes. The fast level forgets by `half_life`, the slow one by `slow_half_life`.

    A level may be off by `tolerance` (more on the first day and in the first fortnight), and by so many standard
    deviations of how it wanders (`wandering`). On the first day a new level is the usual after `first_day_normal`.
    `noise` is a minute's relative one until it is measured. The newest day weighs at least `day_weight` in the profile,
    a part of a day `weekday_weight` in its weekday's deviation.
    """

    warm_up: Count = 60
    half_life: Minutes = 20.0
    slow_half_life: Minutes = 120.0
    tolerance: Share = 0.05
    first_fortnight: Share = 0.1
    first_day: Share = 0.15
    first_day_normal: Count = 120
    wandering: Positive = 2.5
    noise: Positive = 0.1
    day_weight: Share = 0.2
    weekday_weight: Share = 0.15


class Params(Frozen, frozen=True):
    """Everything."""

    budget: Budget = Budget()
    common: Common = Common()
    composition: Composition = Composition()
    volume: Volume = Volume()


def load(settings: Settings) -> Params:
    """`config/statuses.toml`. Raises ConfigError naming file and field."""
    return settings.section("statuses", Params)

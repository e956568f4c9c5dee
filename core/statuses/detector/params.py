"""What the detector assumes: every number it judges by, with its unit. The defaults are what ships."""

from dataclasses import dataclass, field

DAY, WEEK = 1440, 10080  # minutes


@dataclass(frozen=True, slots=True)
class Budget:
    """False alarms that are accepted: one in so many minutes, over all series together."""

    minutes: float = 30.0 * DAY
    margin: float = 30.0  # by which the bound behind the line is known to be too careful


@dataclass(frozen=True, slots=True)
class Common:
    """What both kinds of series share; minutes and nats."""

    clip: float = 0.6  # of the line: what one minute adds at most, so that none pages by itself
    suspicious: float = 1 / 3  # of the line: from here on a minute is not learnt
    patience: int = 30  # minutes after which what is merely suspicious is learnt all the same
    recovery: float = 5.0  # nats for "as usual again"
    hold: int = 5  # minutes that it must have been so
    new_normal: int = 360  # minutes after which an incident's level is the usual one
    level_half_life: float = 30.0  # of the level of an incident
    spread_half_life: float = 4320.0  # of what the dispersion is measured by
    trim: float = 3.0  # standard deviations that one minute or block counts for at most in it


@dataclass(frozen=True, slots=True)
class Composition:
    """A status or code given the minute's total."""

    warm_up: int = 30  # minutes of a source's life before it is judged
    half_life: float = 180.0  # minutes
    long_half_life: float = 1440.0  # minutes of the second memory; usual is the higher rate of the two
    tolerance: float = 0.25  # above the usual rate is nobody's business
    first_day: float = 0.5  # the same while the source is younger than a day
    bound: float = 1.6449  # standard deviations of the rate's posterior: its upper 95 % bound


@dataclass(frozen=True, slots=True)
class Volume:
    """A count against its own past."""

    warm_up: int = 60  # minutes
    half_life: float = 20.0  # minutes of the fast level
    slow_half_life: float = 120.0  # minutes of the slow one
    tolerance: float = 0.05
    first_fortnight: float = 0.1
    first_day: float = 0.15
    wandering: float = 3.0  # standard deviations that a level may be off without being bad
    noise: float = 0.1  # of a minute (standard deviation, relative), until it is measured
    day_weight: float = 0.2  # of the newest day in the profile of a day, at least
    weekday_weight: float = 0.15  # of a half-hour in the deviation of its weekday


@dataclass(frozen=True, slots=True)
class Params:
    """Everything."""

    budget: Budget = field(default_factory=Budget)
    common: Common = field(default_factory=Common)
    composition: Composition = field(default_factory=Composition)
    volume: Volume = field(default_factory=Volume)

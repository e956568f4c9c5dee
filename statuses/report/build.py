"""A file that was read and played, as the values of the report. Pure."""

from datetime import UTC, datetime

import numpy as np

from core.statuses import power
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.episodes import Alarm, Episode
from core.statuses.detector.params import Params
from core.statuses.history import History
from core.statuses.power import Power, Shares, Volumes
from statuses import summary
from statuses.playback import Playback
from statuses.reading.read import Read
from statuses.report.document import EpisodeReport, FileReport, Moved, PowerRow, Silence

WRONG = 1000  # rows that a report names
_BEFORE = 60  # minutes that tell what was usual


def report(read: Read, played: Playback, p: Params) -> FileReport:
    """Everything about one file."""
    history = read.history
    wrong = [f"row {row}: {reason}" for row, reason in read.bad[:WRONG]]
    if len(read.bad) > WRONG:
        wrong.append(f"and {len(read.bad) - WRONG:,} more")
    return FileReport(
        file=history.name,
        start=moment(history, history.first),
        end=moment(history, history.first + history.minutes - 1),
        minutes=history.minutes,
        rows=read.rows,
        wrong_rows=wrong,
        notes=list(read.notes),
        series=summary.series(played, p),
        episodes=[_episode(one, played) for one in played.episodes],
        silences=[Silence(moment(history, history.first + start), length) for start, length in history.silences()],
        power=[PowerRow(one.series, one.minutes) for one in _power(played, p)],
    )


def _power(played: Playback, p: Params) -> list[Power]:
    history, source = played.history, played.state.source
    every = np.ones(len(history.statuses), FLOAT)
    shares = Shares(history.statuses, played.state.composition, every * source.typical[0], every * source.age[0])
    names = [track.name for series, track in played.tracks.items() if series.kind == "volume"]
    volumes = Volumes(names, played.state.volume, float(source.age[0]), history.first + history.minutes)
    return power.of_shares(shares, played.line, p) + power.of_volumes(volumes, played.line, p)


def moment(history: History, minute: int) -> str:
    """A minute of the epoch as text; without a date the day is counted from the file's first."""
    if not history.dated:
        return f"day {minute // 1440 + 1}, {minute // 60 % 24:02d}:{minute % 60:02d}"
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _episode(one: Episode, played: Playback) -> EpisodeReport:
    history = played.history
    return EpisodeReport(
        onset=moment(history, one.onset),
        fired=moment(history, one.fired),
        minutes=one.fired - one.onset + 1,
        recovered=None if one.ended is None else moment(history, one.ended),
        new_normal=any(alarm.new_normal for alarm in one.alarms),
        pages=one.pages,
        moved=[_moved(alarm, played) for alarm in one.alarms],
    )


def _moved(alarm: Alarm, played: Playback) -> Moved:
    track = played.tracks[alarm.series]
    onset = alarm.onset - played.history.first
    end = (alarm.ended or played.history.first + played.history.minutes) - played.history.first
    return Moved(
        series=track.name,
        direction="up" if alarm.direction > 0 else "down",
        fired=moment(played.history, alarm.fired),
        usual=_mean(track.counts[max(0, onset - _BEFORE) : onset]),
        seen=_mean(track.counts[onset : max(onset + 1, end)]),
        evidence=float(f"{alarm.evidence:.3g}"),
    )


def _mean(counts: Array) -> float:
    known = counts[np.isfinite(counts)]
    return float(f"{known.mean():.3g}") if len(known) else 0.0

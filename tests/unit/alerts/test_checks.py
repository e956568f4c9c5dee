"""Every value of every file of config/ is refused at load, or everything that uses it works.

Each value is replaced by wrong ones in turn. Either the check names the file, or what reads the value does so without
an error: calendars at every hour of a week, templates, limits, KPIs, networks, timings, actions, queries' bounds.
"""

import pickle
import shutil
import time as clock_time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import checks
from alerts.durations import seconds
from alerts.evaluate import ruleset, summary_template
from alerts.evaluate.rules import processes
from alerts.notify import channel_registry
from alerts.notify.http_transport import Wire
from alerts.respond import bounds
from alerts.respond.action import load as load_actions
from core import calendars, settings
from core.clock import to_datetime
from core.errors import ConfigError
from core.schedule import next_weekly
from core.settings import Settings
from core.transactions import kpis
from core.web.client import networks

FOLDER = settings.ROOT / "config"
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))
NUMBERS: list[Any] = [-1, 0, float("nan"), float("inf"), 1e300, 10**30, "ten", True, [], {}]
TEXTS: list[Any] = [
    "", " ", "banana", "9:00", "10pm", "24:00", "25:00", "18:00\n", "CET", "Europe/Berln",
    "{value:.1f % wrong", "{", "{nope}",
    "{value:d}", "http://", "javascript:alert(1)", "-5m", "10m\n", "99999999d", "a\x00b", "x" * 5000,
    "2026-11-20", "${GATEHOUSE_",
    "((a+)+)+$", 5, float("nan"), [], None,
]  # fmt: skip
BOOLEANS: list[Any] = ["yes", 3, []]
LISTS: list[Any] = [[""], ["nope"], [1], [{}], [[]], "text", 3, {"a": 1}, []]
Path_ = tuple[str | int, ...]


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        yield path, value
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path, value


def corpus(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return BOOLEANS
    if isinstance(value, list):
        return LISTS
    return NUMBERS if isinstance(value, (int, float)) else TEXTS


class Turns:
    """Some of many wrong values for each place, others for the next: all meet each kind of value of a file."""

    def __init__(self) -> None:
        self._at: dict[int, int] = {}

    def __call__(self, values: list[Any], most: int = 2) -> list[Any]:
        at = self._at.get(id(values), 0)
        self._at[id(values)] = at + most
        return [values[(at + i) % len(values)] for i in range(min(most, len(values)))]


def replaced(value: Any, path: Path_, wrong: Any) -> Any:
    if not path:
        return wrong
    if isinstance(value, dict):
        return {name: replaced(one, path[1:], wrong) if name == path[0] else one for name, one in value.items()}
    return [replaced(one, path[1:], wrong) if index == path[0] else one for index, one in enumerate(value)]


def written(value: Any) -> str:
    """A value as TOML, tables inline."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return (
            '"'
            + "".join(one if 32 <= ord(one) != 127 and one not in '"\\' else f"\\u{ord(one):04x}" for one in value)
            + '"'
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return "{" + ", ".join(f"{written(name)} = {written(one)}" for name, one in value.items()) + "}"


class Document:
    """A file as TOML, a line for each of its names, of which only that of a changed value is written anew."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self._lines = {name: self._line(name, one) for name, one in values.items()}

    def with_wrong(self, place: Path_, wrong: Any) -> str:
        """The file with another value at a place."""
        name = str(place[0])
        changed = self._line(name, replaced(self._values[name], place[1:], wrong))
        return "\n".join((self._lines | {name: changed}).values())

    @staticmethod
    def _line(name: str, value: Any) -> str:
        return f"{written(name)} = {written(value)}"


def use(known: Settings) -> None:
    """What the processes do with a configuration that was accepted."""
    config, rules, actions = known.config, ruleset.load(known), load_actions(known)
    start = datetime(2026, 3, 23, tzinfo=UTC).timestamp()
    for hour in range(0, 24 * 8, 9):
        for calendar in config.windows.values():
            calendars.inside(calendar, start + 3600 * hour)
    for name, kpi in config.kpis.items():
        kpis.status(1.0, kpi, config.windows, start)
        assert name in kpis.KPIS
    networks([*config.limits.allow_networks, *config.limits.trusted_proxies, *config.limits.operations_networks])
    now = clock_time.time()
    for days in (config.retention.raw_days, config.retention.rollup_days, config.threats.keep_days):
        to_datetime(now - days * 86400), to_datetime(now + days * 86400)
    for service in config.services.service:
        service.target.format(api_url="u", scoring_url="u", rpc_url="u")
    assert {"normal", config.policy.profile} <= config.policy.profiles.keys()
    general = rules.settings
    for length in (general.interval, general.lease, general.lapse, general.behind, seconds(general.canary.every)):
        timedelta(seconds=length), to_datetime(now - length)
    known.secret(general.heartbeat.url)
    for rule in rules.rules:
        for length in rule.timing:
            to_datetime(now - length)
        facts = {**summary_template.COMMON, **rule.kind.FACTS}
        assert summary_template.fill(rule.config.summary, facts) == rule.config.summary.format(**facts)
        if hasattr(rule.kind, "span"):
            assert rule.kind.span(rule.parameters) >= 10
        if rule.config.kind == processes.KIND:
            [processes.filled(url, known) for url in rule.parameters.targets.values()]
        for name in [*rule.config.quiet, *([rule.config.when] if rule.config.when else [])]:
            calendars.inside(config.windows[name], now)
    for action in actions.by_name.values():
        limits = action.config.bounds
        to_datetime(now - bounds.reach(limits)), bounds.judge(limits, [now], now), bounds.revert_at(limits, now)
    delivery, channels = channel_registry.load(known)
    timedelta(seconds=delivery.longest_pause + delivery.claim_seconds)
    for kind, channel in channels:
        kind.missing(channel, Wire(known.secret))
        timedelta(minutes=channel.maximum_age_minutes)
    use_rooms(known)


def use_rooms(known: Settings) -> None:
    import api.config
    import console.auth.config
    import core.transactions.review
    import ml.config
    import simulator.config

    now = datetime.now(UTC)
    monitoring, model = api.config.load(known), ml.config.load(known)
    next_weekly(monitoring.precision.retraining_day, monitoring.precision.retraining_time, now)
    next_weekly(model.retraining.day, model.retraining.time, now)
    assert 0 < model.test_share < 1
    assert 0 < model.retraining.confidence < 1
    for days in (monitoring.longest_range_days, monitoring.shadow.days, model.retraining.history_days):
        now - timedelta(days=days)
    review = core.transactions.review.load(known)
    now - timedelta(days=review.queue_days), now + timedelta(minutes=review.claim_minutes)
    access = console.auth.config.load(known)
    now + timedelta(hours=access.invitation_hours + access.absolute_hours, minutes=access.idle_minutes)
    for texts in access.networks.values():
        assert networks(texts)
    plan = simulator.config.load(known)
    now - timedelta(days=plan.labels.chargeback_days, minutes=plan.labels.review_minutes)


def remember_what_toml_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the files only one is new at each turn; parsing the others again is most of the work."""
    parse, known = tomllib.loads, {}

    def loads(text: str, **options: Any) -> Any:
        if text not in known:
            known[text] = pickle.dumps(parse(text, **options))
        return pickle.loads(known[text])

    monkeypatch.setattr(tomllib, "loads", loads)


@pytest.mark.timeout(600)  # a busy machine is no fault of the code
@pytest.mark.parametrize("file", FILES)
def test_a_wrong_value_is_named_or_works(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember_what_toml_says(monkeypatch)
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder)
    shutil.rmtree(folder / "sigma")  # slow to read, and no TOML
    path = folder / f"{file}.toml"
    original = tomllib.loads(path.read_text())
    named, failures = 0, []
    turns, text = Turns(), Document(original)
    for place, value in leaves(original):
        for wrong in turns(corpus(value)):
            path.write_text(text.with_wrong(place, wrong))
            environment = {"GATEHOUSE_CONFIG": str(folder)}
            try:
                known = settings.load(environment)
                checks.check(known)
            except ConfigError as error:
                named += 1
                if not any(file in problem or "GATEHOUSE_" in problem for problem in error.problems):
                    failures.append((place, wrong, error.problems[0]))
                continue
            except Exception as error:
                failures.append((place, wrong, f"the check itself: {error!r}"))
                continue
            try:
                use(known)
            except Exception as error:
                failures.append((place, wrong, repr(error)))
    assert failures == []
    assert named or not original


def test_every_file_has_an_owner() -> None:
    known = {"alerts.toml", "rules.toml", "actions.toml", "channels.toml"}
    known |= {f"{name}.toml" for name in settings.Config.__struct_fields__}
    known |= {file for files in checks.OWNERS.values() for file in files}
    there = {path.name for path in FOLDER.iterdir() if path.suffix == ".toml" or path.is_dir()}
    assert there - known == set()


@pytest.mark.parametrize(
    ("window", "right"),
    [
        ('daily = [{ from = "9:00", to = "17:00" }]', "HH:MM"),
        ('daily = [{ from = "10pm", to = "23:00" }]', "HH:MM"),
        ('daily = [{ from = "18:00", to = "24:01" }]', "HH:MM"),
        ('daily = [{ from = "24:00", to = "06:00" }]', "write 00:00"),
        ('daily = [{ from = "00:00", to = "00:00" }]', "from 00:00 to 24:00"),
        ('weekly = [{ day = "friday", from = "18:00", to = "18:00" }]', "from 00:00 to 24:00"),
        ('zone = "CET"', "Europe/Berlin"),
        ('zone = "EST"', "IANA name"),
        ('zone = "Europe/Berln"', "did you mean Europe/Berlin"),
        ('zone = "../etc/passwd"', "IANA name"),
        ('zone = ""', "IANA name"),
        ('dated = [{ from = "2026-11-20", to = "2026-11-21" }]', "2026-11-20T10:00:00"),
        ('dated = [{ from = "2026-11-20T10:00:00", to = "2026-11-20T12:00:00" }]', "offset"),
        ('dated = [{ from = "2026-11-20T12:00:00Z", to = "2026-11-20T10:00:00Z" }]', "must be after"),
        ('dated = [{ from = "2026-11-20T12:00:00Z", to = "2026-11-20T12:00:00Z" }]', "must be after"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_with_its_line_and_what_is_right(
    tmp_path: Path, window: str, right: str
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder)
    shipped = (folder / "windows.toml").read_text()
    (folder / "windows.toml").write_text(f"{shipped}\n[mine]\n{window}\n")
    with pytest.raises(ConfigError) as caught:
        settings.load({"GATEHOUSE_CONFIG": str(folder)})
    [problem] = caught.value.problems
    assert problem.startswith("windows.toml, line 1")
    assert right in problem


@pytest.mark.parametrize("end", ["24:00", "00:00", "23:59:59"])
def test_a_window_may_end_with_the_day(tmp_path: Path, end: str) -> None:
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder)
    (folder / "windows.toml").write_text(
        (folder / "windows.toml").read_text() + f'\n[mine]\ndaily = [{{ from = "18:00", to = "{end}" }}]\n'
    )
    calendar = settings.load({"GATEHOUSE_CONFIG": str(folder)}).config.windows["mine"]
    day = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
    assert [calendars.inside(calendar, day + 3600 * hour) for hour in (0, 17, 18, 23, 24)] == [
        False, False, True, True, False,
    ]  # fmt: skip

"""The commands of `python -m simulator`."""

import argparse
import signal
import threading
from pathlib import Path

import msgspec

from core import clock
from core.errors import BadInput
from core.events.retention import Kept
from core.settings import Settings
from simulator import config as simulator_config
from simulator import dataset, feature_names, label_upload, one_time, replayer, scenario
from simulator.backfill import Backfill
from simulator.config import SimulatorConfig
from simulator.live import Live
from simulator.sender import Sender

_PATIENCE = 60.0
_TRAINING_AGE = 7 * 86400.0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m simulator", description="A simulated ticketing platform.")
    top.add_argument("--seed", type=int, help="instead of the seed in config/simulator.toml")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("live", help="send live traffic until stopped")
    once = commands.add_parser("traffic", help="send so many predictions now, with what belongs to them, and end")
    once.add_argument("--predictions", type=int, default=50)
    backfill = commands.add_parser("backfill", help="back-fill history up to now")
    backfill.add_argument("--hours", type=float, default=24.0, help="days of full history")
    backfill.add_argument("--days", type=float, default=7.0, help="days of sampled history")
    data = commands.add_parser("dataset", help="write labelled transactions as CSV")
    data.add_argument("out", type=Path)
    data.add_argument("--rows", type=int, help="default: `training_rows` of config/simulator.toml")
    data.add_argument("--seed", type=int, dest="dataset_seed", help="a different world than the live one")
    data.add_argument("--until", type=float, help="epoch seconds (default: a week ago)")
    label = commands.add_parser("labels", help="upload a CSV file of labels, such as chargebacks")
    label.add_argument("file", type=Path)
    label.add_argument("--source", choices=["chargeback", "appeal", "analyst"], help="source of rows that name none")
    label.add_argument("--partial", action="store_true", help="import valid rows even if others are invalid")
    label.add_argument("--yes", action="store_true", help="import without asking for confirmation")
    label.add_argument("--dry-run", action="store_true", help="only report how the file is read")
    label.add_argument("--id-column", default="", help="transaction id column (default: detected)")
    label.add_argument(
        "--zone", default="", help="time zone of times that name none, such as Asia/Tokyo (default: UTC)"
    )
    label.add_argument("--unmatched", type=Path, help="write ids that were not scored to this file")
    play = commands.add_parser("scenario", help="run a scenario for some minutes")
    known = scenario.scenarios()
    play.add_argument("name", choices=sorted(known), help="; ".join(f"{k}: {v.summary}" for k, v in known.items()))
    play.add_argument("--minutes", type=float, default=5.0)
    replay = commands.add_parser("replay", help="replay real files through the API")
    kinds = replay.add_subparsers(dest="kind", required=True)
    for kind, reader in replayer.readers().items():
        one = kinds.add_parser(kind, help=reader.summary)
        one.add_argument("file", type=Path)
        one.add_argument("--speed", default="1", help="speed factor, or max")
        one.add_argument("--keep-time", action="store_true", help="keep the original times")
        one.add_argument("--run", default="1", help="part of the keys; another run counts again")
        reader.options(one)
    more = commands.add_parser("grow", help="generate millions of stored predictions for sizing; needs DATABASE_URL")
    more.add_argument("--predictions", type=int, default=1_000_000)
    more.add_argument("--days", type=float, default=60.0, help="days back, starting a day ago")
    ends = commands.add_parser("receivers", help="run fake receivers for all channels on this machine")
    ends.add_argument("--faults", type=float, default=0.0, help="share of requests that fail, 0 to 1")
    return top


def _stop_when(stop: threading.Event, live: Live) -> None:
    stop.wait()
    live.stop()


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry a command out; returns the exit code. Raises GatehouseError."""
    config = simulator_config.load(settings)
    if arguments.seed is not None:
        config = msgspec.structs.replace(config, seed=arguments.seed)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if arguments.command == "live":
        live = Live(settings, config, tell)
        threading.Thread(target=_stop_when, args=(stop, live), daemon=True).start()
        live.run()
        return 0
    if arguments.command == "dataset":
        return _dataset(arguments, config)
    if arguments.command == "receivers":
        from simulator.receiving import run as receivers  # their certificates and SMTP are no other command's
        from simulator.receiving.plan import Plan

        return receivers.run(settings, Plan(config.seed, arguments.faults), stop, tell)
    if arguments.command == "labels":
        given = arguments
        options = label_upload.Options(given.yes, given.dry_run, given.zone, given.id_column, given.unmatched)
        return label_upload.send(settings, given.file, given.source, given.partial, tell, options)
    if arguments.command == "grow":
        return _grow(arguments, settings, config)
    sender = Sender(settings, _PATIENCE, tell, stop.wait)
    if arguments.command == "traffic":
        return one_time.send(sender, config, arguments.predictions, clock.now(), tell)
    if arguments.command == "backfill":
        from simulator import status_history  # it writes to the stores, as `grow` does; all else goes through the API

        counts = Backfill(sender, config, arguments.hours, arguments.days, tell).run()
        counts["minutes of statuses"] = status_history.fill(settings, config)
        tell("history is complete: " + ", ".join(f"{n:,} {name}" for name, n in counts.items()))
    elif arguments.command == "scenario":
        chosen = scenario.scenarios()[arguments.name]
        scenario.play(chosen, arguments.name, arguments.minutes, settings, config, sender, stop, tell)
    else:
        return _replay(arguments, settings, sender, stop)
    return 1 if sender.rejected else 0


def _grow(arguments: argparse.Namespace, settings: Settings, config: SimulatorConfig) -> int:
    if arguments.predictions < 1 or not 0 < arguments.days <= 730:
        raise BadInput("grow", "needs at least one prediction and more than 0 and at most 730 days")
    if arguments.days > (keep := settings.config.retention.raw_days):
        tell(f"data older than {keep} days (raw_days in retention.toml) will be dropped by the collector's next round")
    from core.db import partitions
    from core.stores import assemble
    from simulator import growth

    stores = assemble(settings)
    try:
        partitions.ensure(stores.database, behind=int(arguments.days // 30) + 2)
        new = growth.grow(stores.database, stores.writer, arguments.predictions, arguments.days, config.seed, tell)
    finally:
        stores.close()
    tell(f"{new:,} predictions stored, {arguments.predictions - new:,} were there before")
    return 0


def tell(sentence: str) -> None:
    """Progress for the person at the terminal or the stack that reads along."""
    print(sentence, flush=True)


def _dataset(arguments: argparse.Namespace, config: SimulatorConfig) -> int:
    rows = config.training_rows if arguments.rows is None else arguments.rows
    if rows < 1:
        raise BadInput("--rows", "at least one")
    if arguments.dataset_seed is not None:
        config = msgspec.structs.replace(config, seed=config.seed + 1_000_003 * arguments.dataset_seed)
    until = clock.now() - _TRAINING_AGE if arguments.until is None else arguments.until
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    frauds = dataset.write(arguments.out, rows, until, config)
    tell(f"{rows:,} transactions, {frauds:,} of them frauds, in {arguments.out}")
    return 0


def _replay(arguments: argparse.Namespace, settings: Settings, sender: Sender, stop: threading.Event) -> int:
    content, digest = replayer.unpacked(arguments.file)
    parsed = replayer.readers()[arguments.kind].parsed(content, arguments)
    for sentence in replayer.describe(parsed):
        tell(sentence)
    speed = _speed(arguments.speed)
    now = clock.now()
    shifted = parsed.items if arguments.keep_time else replayer.shift_to(parsed.items, now)
    items, unsent = replayer.in_time(shifted, Kept.of(settings.config.retention), now)
    if unsent:
        tell(unsent)
    sender.rejected += sum(item.times for item in shifted) - sum(item.times for item in items)
    feature_names.check(sender, items, tell)
    accepted = replayer.Replay(sender, speed, tell, stop, arguments.keep_time).run(items, digest, arguments.run)
    tell(f"{accepted:,} events accepted, {sender.rejected:,} refused")
    return 1 if sender.rejected else 0


def _speed(text: str) -> float:
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 < speed < 1e9:
        raise BadInput("--speed", f"{text!r} is neither a number above 0 nor max")
    return speed

"""The arguments of `python -m statuses`, apart from what its commands import: the worker needs none of that."""

import argparse
from pathlib import Path

from core.events.status_series import SOURCE


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    found = argparse.ArgumentParser(prog="python -m statuses", description="Transaction statuses by the minute.")
    commands = found.add_subparsers(dest="command", required=True)
    commands.add_parser("worker", help="run the status detector until it is stopped")
    analyze = commands.add_parser(
        "analyze",
        help="statistics of a history, what would have fired, and what can be detected",
        epilog="Exit codes: 0 all rows read; 1 invalid rows listed and skipped; 2 nothing to read; 3 with --check, an "
        "episode is still open at the end.",
    )
    analyze.add_argument("file", type=Path, help="counts by status: CSV or Parquet, long or wide, minutes or seconds")
    analyze.add_argument("--codes", type=Path, help="counts by authorisation code of the same period")
    analyze.add_argument("--encoding", help="of the files, where they are neither UTF-8 nor windows-1252")
    analyze.add_argument("--html", type=Path, default=Path("statuses-report.html"), help="default: %(default)s")
    analyze.add_argument("--json", type=Path, default=Path("statuses-report.json"), help="default: %(default)s")
    analyze.add_argument("--apply", action="store_true", help="apply what was learnt to --source from now on")
    analyze.add_argument("--source", default="default", help="source of the baseline (default: %(default)s)")
    analyze.add_argument("--check", action="store_true", help="exit code 3 when an episode is open at the end")
    baseline = commands.add_parser("baseline", help="list the baselines of a source, or revert the newest")
    baseline.add_argument("what", choices=("list", "revert"))
    baseline.add_argument("--source", default="default", help="default: %(default)s")
    sender = commands.add_parser("replay", help="replay a history through the API")
    replay(sender)
    return found


def replay(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `replay`."""
    parser.add_argument("file", type=Path, help="counts by status: CSV or Parquet, as for analyze")
    parser.add_argument("--codes", type=Path, help="counts by authorisation code of the same period")
    parser.add_argument("--encoding", help="of the files, where they are neither UTF-8 nor windows-1252")
    parser.add_argument("--url", help="of the monitoring API (default: GATEHOUSE_API_URL, or that of this folder)")
    parser.add_argument(
        "--token-env", metavar="NAME", help="variable GATEHOUSE_… with the API token (default: the stack's own)"
    )
    parser.add_argument("--source", default=SOURCE, help="source of the counts (default: %(default)s)")
    parser.add_argument("--speed", default="max", help="speed factor, or max (default: %(default)s)")
    parser.add_argument(
        "--shift-to-now", "--at-now", action="store_true", dest="shift", help="shift the times so that the last is now"
    )
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to keep retrying (default: %(default)s)")

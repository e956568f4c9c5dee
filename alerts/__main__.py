"""`python -m alerts` runs the worker; `check` says whether the configuration is right and what is wrong now, `backtest`
when a rule would have fired, `replay` whether the recorded run comes out the same, `digest` prints or sends a digest.
"""

import argparse
import sys

from core.startup import paused_gc

with paused_gc():
    from alerts import checks, current_state, worker
    from alerts.backtest import cli
    from alerts.digest import preview
    from alerts.evaluate import ruleset
    from alerts.notify import channel_registry
    from core import clock, command
    from core.db.engine import Database
    from core.settings import Settings
    from core.stores import assemble


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="python -m alerts", description=__doc__)
    commands = found.add_subparsers(dest="command")
    check = commands.add_parser(
        "check",
        help="check every file of config/, then say what is wrong now (0 nothing, 1 warning, 2 critical, 3 unknown)",
    )
    check.add_argument("--format", choices=current_state.FORMATS, default="text", help="json, or nagios: one line")
    check.add_argument("--config", action="store_true", help="only the files")
    preview.arguments(commands.add_parser("digest", help="print a digest or report of the last whole days, or send it"))
    cli.add(commands)
    return found


def run(arguments: argparse.Namespace, known: Settings) -> int:
    """One command; the exit code."""
    if arguments.command == "check":
        return _check(arguments, known)
    if arguments.command == "backtest":
        return cli.backtest(arguments, known, print)
    if arguments.command == "digest":
        return preview.run(arguments, known, print)
    if arguments.command == "replay":
        return cli.compare(arguments, known, print)
    return worker.run(known, assemble(known))


def _check(arguments: argparse.Namespace, known: Settings) -> int:
    """The files, in text; then, where there is a database, what is wrong now."""
    checks.check(known)
    if arguments.format == "text":
        _describe(ruleset.load(known), known)
    if arguments.config or not known.database_url:
        return current_state.OK
    database = Database(known.database_url)
    try:
        found = current_state.read(database, clock.now())
    finally:
        database.close()
    print(current_state.written(found, arguments.format))
    return found.level


def _describe(rules: ruleset.Rules, known: Settings) -> None:
    print(f"{len(rules.rules)} rules, no problems: {', '.join(rule.id for rule in rules.rules)}")
    for line in ruleset.told_together(rules):
        print(line)
    for name, missing in channel_registry.lacking(known):
        print(f"channel {name}: " + (f"not configured, missing {', '.join(missing)}" if missing else "configured"))


if __name__ == "__main__":
    sys.exit(command.main("alerts", parser(), run))

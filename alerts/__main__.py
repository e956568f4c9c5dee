"""`python -m alerts` runs the worker; `check` says whether the configuration is right, `backtest` when a rule would
have fired, `replay` whether the recorded run comes out the same, `digest` prints the weekly digest.
"""

import argparse
import sys

from alerts import checks, worker
from alerts.backtest import cli
from alerts.digest import preview
from alerts.evaluate import ruleset
from alerts.notify import channel_registry
from core import command
from core.settings import Settings
from core.stores import assemble


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="python -m alerts", description=__doc__)
    commands = found.add_subparsers(dest="command")
    commands.add_parser("check", help="check every file of config/")
    shown = commands.add_parser("digest", help="print the weekly digest of the last seven whole days; sends nothing")
    shown.add_argument("--html", action="store_true", help="as the e-mail's HTML")
    cli.add(commands)
    return found


def run(arguments: argparse.Namespace, known: Settings) -> int:
    """One command; the exit code."""
    if arguments.command == "check":
        checks.check(known)
        rules = ruleset.load(known)
        print(f"{len(rules.rules)} rules, no problems: {', '.join(rule.id for rule in rules.rules)}")
        for line in ruleset.told_together(rules):
            print(line)
        for name, missing in channel_registry.lacking(known):
            print(f"channel {name}: " + (f"not configured, missing {', '.join(missing)}" if missing else "configured"))
        return 0
    if arguments.command == "backtest":
        return cli.backtest(arguments, known, print)
    if arguments.command == "digest":
        return preview.show(known, arguments.html, print)
    if arguments.command == "replay":
        return cli.compare(arguments, known, print)
    return worker.run(known, assemble(known))


if __name__ == "__main__":
    sys.exit(command.main("alerts", parser(), run))

"""`python -m alerts` runs the worker; `check` says whether the configuration is right, `backtest` when a rule would
have fired, `replay` whether the recorded run comes out the same.
"""

import argparse
import sys

from alerts import roster, ruleset, worker
from alerts.backtest import cli
from core import command
from core.settings import Settings
from core.store.assembly import assemble


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="python -m alerts", description=__doc__)
    commands = found.add_subparsers(dest="command")
    commands.add_parser("check", help="check rules.toml, alerts.toml and what they name, and channels.toml")
    cli.add(commands)
    return found


def run(arguments: argparse.Namespace, known: Settings) -> int:
    """One command; the exit code."""
    if arguments.command == "check":
        rules = ruleset.load(known)
        print(f"{len(rules.rules)} rules, nothing wrong: {', '.join(rule.id for rule in rules.rules)}")
        for name, missing in roster.lacking(known):
            print(f"channel {name}: " + (f"not configured, missing {', '.join(missing)}" if missing else "configured"))
        return 0
    if arguments.command == "backtest":
        return cli.backtest(arguments, known, print)
    if arguments.command == "replay":
        return cli.compare(arguments, known, print)
    return worker.run(known, assemble(known))


if __name__ == "__main__":
    sys.exit(command.main("alerts", parser(), run))

"""`python -m statuses`: judge transaction statuses as they come in, analyze a history of them, or send it."""

import argparse
import sys

from core.startup import paused_gc

with paused_gc():
    from core import command
    from core.settings import Settings
    from core.stores import assemble
    from statuses import arguments as command_line
    from statuses import worker


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """One command; the exit code."""
    if arguments.command == "worker":
        return worker.run(settings, assemble(settings))
    from statuses import baseline, cli, replay  # readers of files and reports, which the worker does without

    if arguments.command == "baseline":
        return baseline.run(arguments, assemble(settings), print)
    work = replay.run if arguments.command == "replay" else cli.run
    return work(arguments, settings, print, lambda line: print(line, file=sys.stderr))


def main() -> int:
    """Run the command; what is wrong goes to standard error."""
    return command.main("statuses", command_line.parser(), run)


if __name__ == "__main__":
    sys.exit(main())

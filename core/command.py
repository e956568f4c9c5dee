"""What every command line of ours does around its work: read, set logging up, answer errors with sentences."""

import argparse
import os
import sys
from collections.abc import Callable

from core import log, settings
from core.errors import ConfigError, DatabaseUnavailable, GatehouseError
from core.settings import Settings

CUT_SHORT = 141  # what a shell says of a program that SIGPIPE ended


def main(process: str, parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace, Settings], int]) -> int:
    """Run a command and return its exit code; what is wrong is a sentence on standard error and exit code 2."""
    arguments = parser.parse_args()
    log.setup(process)
    try:
        return run(arguments, settings.load(settings.at_hand()))
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)
        if any(problem.startswith("DATABASE_URL ") for problem in error.problems):
            print("`make run` in this folder starts servers of its own, which commands then find.", file=sys.stderr)
    except DatabaseUnavailable as error:
        print(error, file=sys.stderr)
        print("If that is the local stack of this folder: `make run` starts it.", file=sys.stderr)
    except GatehouseError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # whoever read along, such as `head`, has seen enough; nor may the last flush complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_SHORT
    return 2

"""`python -m statuses`: analyze a history of transaction statuses."""

import sys

from core import command
from statuses import cli


def main() -> int:
    """Run the command; what is wrong goes to standard error."""
    return command.main(
        "statuses",
        cli.parser(),
        lambda arguments, settings: cli.run(arguments, settings, print, lambda line: print(line, file=sys.stderr)),
    )


if __name__ == "__main__":
    sys.exit(main())

"""`python -m ml`: train, list, promote and bootstrap models."""

import sys

from core import log, settings
from core.errors import ConfigError, GatehouseError
from ml import cli


def main() -> int:
    """Run a command; a wrong input is one sentence on standard error and exit code 2."""
    arguments = cli.parser().parse_args()
    log.setup("ml")
    try:
        return cli.run(arguments, settings.load())
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)
    except GatehouseError as error:
        print(error, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

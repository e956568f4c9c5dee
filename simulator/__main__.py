"""`python -m simulator`: live traffic, history, training data, scenarios and replay."""

import sys

from core import log, settings
from core.errors import ConfigError, GatehouseError
from simulator import cli


def main() -> int:
    """Run a command; a wrong input is one sentence on standard error and exit code 2."""
    arguments = cli.parser().parse_args()
    log.setup("simulator")
    try:
        return cli.run(arguments, settings.load())
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)
    except GatehouseError as error:
        print(error, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

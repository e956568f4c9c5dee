"""`python -m simulator`: live traffic, history, training data, scenarios and replay."""

import sys

from core.startup import paused_gc

with paused_gc():
    from core import command
    from simulator import cli

if __name__ == "__main__":
    sys.exit(command.main("simulator", cli.parser(), cli.run))

"""`python -m ml`: train, list, promote and bootstrap models, report drift."""

import sys

from core.startup import paused_gc

with paused_gc():
    from core import command
    from ml import cli

if __name__ == "__main__":
    sys.exit(command.main("ml", cli.parser(), cli.run))

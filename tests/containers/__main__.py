"""`python -m tests.containers [DIRECTORY]`: the compose stack's whole story, timed; pictures go there."""

import sys
from pathlib import Path

from tests.containers.compose import Compose, program
from tests.containers.story import Story


def main() -> int:
    """Exit code 0 when the whole story held, 2 without an engine."""
    command = program()
    if command is None:
        print("no container engine answers here, or it cannot get the base images", file=sys.stderr)
        return 2
    compose = Compose(command)
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    try:
        Story(compose, lambda what, seconds: print(f"{seconds:7.1f} s  {what}", flush=True), pictures).run()
    finally:
        compose.run("down", "-v", "--remove-orphans")
    return 0


if __name__ == "__main__":
    sys.exit(main())

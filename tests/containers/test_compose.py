"""The compose stack, wherever an engine can be had; how long each chapter took is printed.

The short form of the story: `python -m tests.containers` tells the whole.
"""

import pytest

from tests.containers.compose import Compose, program
from tests.containers.story import Story


@pytest.mark.timeout(1500)
def test_the_whole_stack_in_containers(capsys):
    command = program()
    if command is None:
        pytest.skip("no container engine answers here, or it cannot get the base images")
    compose = Compose(command)

    def tell(what, seconds):
        with capsys.disabled():
            print(f"\n  {seconds:7.1f} s  {what}", end="")

    try:
        Story(compose, tell, short=True).run()
    finally:
        compose.run("down", "-v", "--remove-orphans")

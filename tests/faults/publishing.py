"""`python -m tests.faults.publishing RUN COUNT`: a process that accepts events one by one and names each it accepted.

It says so only when `publish` has returned, as a 202 does, and then waits to be killed.
"""

import sys
import time

from core import settings
from core.events.types import Transaction
from core.stores import assemble


def main(run: str, count: int) -> None:
    """Publish, and never end."""
    stores = assemble(settings.load())
    for number in range(count):
        name = f"{run}-{number}"
        sale = Transaction(id=name, transaction_id=name, timestamp=time.time(), type="purchase", amount=1.0)
        stores.publisher.publish([sale])
        print(name, flush=True)
        time.sleep(0.002)
    time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""The duty that runs backtests which people asked for on the page, one at a time, on any worker."""

import msgspec

from alerts.backtest.run import run
from alerts.backtest.spec import decode
from alerts.ruleset import Rules
from core import clock, log
from core.errors import BadInput
from core.settings import Settings
from core.store import backtests
from core.store.assembly import Stores

CLAIM_SECONDS = 300.0
LOOK_SECONDS = 1.0


class Backtests:
    """`step(now)` runs one. Raises DatabaseAway; another worker then runs it after its claim."""

    def __init__(self, settings: Settings, stores: Stores, rules: Rules) -> None:
        self._settings, self._stores, self._rules = settings, stores, rules

    def step(self, now: float) -> bool:
        """One backtest, if one waits."""
        with self._stores.database.transaction() as connection:
            claimed = backtests.claim(connection, now, CLAIM_SECONDS)
        if claimed is None:
            return False
        number, raw = claimed
        result, message = None, ""
        try:
            found = run(self._settings, self._stores.database, self._rules, decode(raw), now)
            result = msgspec.to_builtins(found)
        except BadInput as error:
            message = str(error)
        except (ValueError, ArithmeticError, MemoryError) as error:
            log.get("backtest").exception("a backtest failed", number=number)
            message = f"it failed: {error}"
        with self._stores.database.transaction() as connection:
            backtests.finish(connection, number, clock.now(), result, message)
        return True

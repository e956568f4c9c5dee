"""Whether a process can serve, as it says to whoever asks; worker processes say it without a web framework."""

from collections.abc import Callable, Collection, Mapping

from core.errors import GatehouseError

Check = Callable[[], object]  # raises when something is wrong; what it returns does not matter


def readiness(checks: Mapping[str, Check], spare: Collection[str] = ()) -> tuple[int, dict[str, str]]:
    """Run every check; 200 when none raises, else 503, with `ok` or the reason for each name.

    What the process can do without is `spare`: its trouble is named, and the answer stays 200.
    """
    found = {}
    for name, check in checks.items():
        try:
            check()
            found[name] = "ok"
        except GatehouseError as error:
            found[name] = str(error)
    return (200 if all(value == "ok" for name, value in found.items() if name not in spare) else 503), found


def bare(status: int) -> dict[str, str]:
    """What `/readyz` says to whoever may not know what the process depends on."""
    return {"status": "ok" if status == 200 else "unavailable"}

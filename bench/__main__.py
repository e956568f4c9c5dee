"""`python -m bench [name …]`: runs the named benchmarks, or all of them; the `main()` of each gives 0 or 1."""

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> int:
    """Runs what is asked for. Exit code 1 when a goal was missed, 2 for an unknown name."""
    known = sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if "\ndef main(" in path.read_text() and path.stem[0] != "_"
    )
    unknown = set(names) - set(known)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    worst = 0
    for name in names or known:
        print(f"\n== {name}", flush=True)
        worst = max(worst, int(import_module(f"bench.{name}").main()))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the shared files of config/ must agree on: names in one that stand for something in another. Pure."""

from collections.abc import Mapping

from core.config import KPIS, Config
from core.toml_lines import Path, line_of


def problems(config: Config, texts: Mapping[str, str]) -> list[str]:
    """What is wrong, each with file and line; `texts` are the files by name without `.toml`."""
    found: list[tuple[str, Path, str]] = [
        ("kpis", (name,), f"there is no KPI {name!r}; known: {', '.join(KPIS)}") for name in config.kpis.keys() - KPIS
    ]
    found += [("kpis", (), f"[{name}] is missing") for name in KPIS if name not in config.kpis]
    known = ", ".join(sorted(config.windows)) or "none"
    for name, kpi in config.kpis.items():
        if kpi.when is not None and kpi.when not in config.windows:
            found.append(("kpis", (name, "when"), f"{name}.when: there is no calendar {kpi.when!r}; known: {known}"))
    return sorted(_told(file, texts.get(file, ""), path, reason) for file, path, reason in found)


def _told(file: str, text: str, path: Path, reason: str) -> str:
    line = line_of(text, path) if path else None
    return f"{file}.toml{f', line {line}' if line else ''}: {reason}"

"""Counts each failed log-in once, however many lines tell of it.

A daemon, the modules of PAM and the end of a connection all note a try, each at most once. Lines of one process about
one user and address belong together; as many tries were made as the place that noted the most. Its lines stand, the
others repeat them. A module's failure that a log-in follows without a word of the daemon was no failed log-in: another
module said yes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simulator.auth_log.said import Layer, Said

SILENCE = 900.0  # seconds after which a process id may be another process
_Place = tuple[Layer, str]


@dataclass(slots=True)
class _Group:
    """The tries of one process as one user from one address, as far as both are known."""

    actor: str | None
    ip: str | None
    last: float
    notes: dict[_Place, list[tuple[int, Said, int]]] = field(default_factory=lambda: defaultdict(list))
    open: dict[_Place, int] = field(default_factory=dict)  # of modules, since the daemon's last word


class Tries:
    """Takes the statements of a file in its order, then tells which of them stand."""

    def __init__(self) -> None:
        self._groups: list[_Group] = []
        self._latest: dict[tuple[str, ...], _Group] = {}
        self._addresses: dict[tuple[str, str, str], list[tuple[float, str]]] = defaultdict(list)
        self._process: dict[int, tuple[str, str, str]] = {}

    def add(self, number: int, process: tuple[str, str, str], at: float, said: Said, times: int) -> None:
        """A failed try, `times` over; the process is host, program and id."""
        group = self._group(process, at, said)
        place = (said.layer or Layer.VERDICT, said.place)
        group.notes[place].append((number, said, times))
        if said.layer is Layer.MODULE:
            group.open[place] = len(group.notes[place]) - 1
        elif said.layer in (Layer.VERDICT, Layer.REPORT):
            group.open.clear()

    def heard(self, process: tuple[str, str, str], at: float, ip: str) -> None:
        """The address of a process's connection."""
        if process[2]:
            self._addresses[process].append((at, ip))

    def settled(self, process: tuple[str, str, str], at: float, said: Said) -> None:
        """A log-in that was let in."""
        group = self._find(process, at, said)
        if group is not None:
            for place, index in group.open.items():
                number, noted, times = group.notes[place][index]
                group.notes[place][index] = (number, noted, times - 1)
            group.open.clear()

    def standing(self) -> Iterator[tuple[int, Said, int]]:
        """Line, statement and how often, of those that count; a statement that is told beside them has no layer."""
        for group in self._groups:
            counts = {
                place: sum(said.count * times for _, said, times in notes) for place, notes in group.notes.items()
            }
            chosen = max(counts, key=lambda place: (counts[place], -place[0]))
            for place, notes in group.notes.items():
                for number, said, times in notes:
                    if place == chosen:
                        if times > 0:
                            yield number, self._completed(group, said), said.count * times
                    elif said.beside is not None:
                        severity, action = said.beside
                        yield number, replace(said, outcome="unknown", severity=severity, action=action, layer=None), 1

    def _completed(self, group: _Group, said: Said) -> Said:
        """With the user and the address that other lines of the same connection name."""
        ip = said.ip
        if ip is None:
            known = {group.ip} if group.ip else set()
            known |= {
                heard
                for at, heard in self._addresses.get(self._process[id(group)], ())
                if abs(at - group.last) <= SILENCE
            }
            known = known & said.either if said.either else known
            ip = known.pop() if len(known) == 1 else None
        return replace(said, actor=said.actor or group.actor, ip=ip)

    def _find(self, process: tuple[str, str, str], at: float, said: Said) -> _Group | None:
        for key in _keys(process, said.actor, said.ip):
            group = self._latest.get(key)
            if group is not None and abs(at - group.last) <= SILENCE and _same(group, said):
                return group
        return None

    def _group(self, process: tuple[str, str, str], at: float, said: Said) -> _Group:
        group = self._find(process, at, said)
        if group is None:
            group = _Group(said.actor, said.ip, at)
            self._groups.append(group)
            self._process[id(group)] = process
        group.actor, group.ip, group.last = group.actor or said.actor, group.ip or said.ip, at
        for key in _keys(process, group.actor, group.ip):
            self._latest[key] = group
        return group


def _same(group: _Group, said: Said) -> bool:
    return not (
        (group.actor and said.actor and group.actor != said.actor) or (group.ip and said.ip and group.ip != said.ip)
    )


def _keys(process: tuple[str, str, str], actor: str | None, ip: str | None) -> Iterator[tuple[str, ...]]:
    """Where a group is kept and looked for: under both, either, and as the latest of its process."""
    if actor and ip:
        yield (*process, "both", actor, ip)
    if actor:
        yield (*process, "actor", actor)
    if ip:
        yield (*process, "ip", ip)
    yield (*process, "latest")

"""docker-compose as the check uses it: a project of its own, on free ports, taken down with its data at the end."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from core.settings import ROOT
from stack.ports import find_free

PROFILES = ("demo", "metrics")
BASES = ("python:3.13-slim", "postgres:17", "redis:8", "prom/prometheus:latest")
LONG_RUNNING = (
    "postgres", "redis", "api", "scoring", "collector", "alerts", "statuses", "trainer", "console", "simulator",
    "prometheus",
)  # fmt: skip
ONCE = ("secrets", "migrate", "model")
# The load comes from this machine through the published ports, faster than a stranger may.
OWN_SENDERS = {"GATEHOUSE_CLIENTS": "10.77.0.1/32"}
GRAFANA = "grafana/grafana:latest"
# The file names exact versions; here whatever the engine has of them will do.
IMAGES = {
    "GATEHOUSE_POSTGRES_IMAGE": "postgres:17",
    "GATEHOUSE_REDIS_IMAGE": "redis:8",
    "PROMETHEUS_IMAGE": "prom/prometheus:latest",
    "GRAFANA_IMAGE": GRAFANA,
}
PORTS = {
    "API": "GATEHOUSE_API_PORT", "SCORING": "GATEHOUSE_SCORING_PORT", "CONSOLE": "GATEHOUSE_CONSOLE_PORT",
    "PROMETHEUS": "PROMETHEUS_PORT", "GRAFANA": "GRAFANA_PORT",
}  # fmt: skip


def program() -> list[str] | None:
    """The compose command of this machine, None when there is no engine that answers or it lacks a base image."""
    if shutil.which("docker") is None or _quiet(["docker", "info"]):
        return None
    if not all(can_be_had(base) for base in BASES):
        return None
    if not _quiet(["docker", "compose", "version"]):
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def can_be_had(image: str) -> bool:
    """True when the engine has an image or can pull it."""
    return not _quiet(["docker", "image", "inspect", image]) or not _quiet(["docker", "pull", "-q", image])


class ComposeFailed(Exception):
    """A compose command failed; the text is what it said."""


class Compose:
    """One project. Every call raises ComposeFailed when the command fails.

    `services` are those that run on; Grafana is one of them only where its image can be had.
    """

    def __init__(self, command: list[str], folder: Path = ROOT) -> None:
        self._project = f"gatehouse-check-{os.getpid()}"
        self._command = [*command, "-p", self._project]
        self._command += [part for profile in PROFILES for part in ("--profile", profile)]
        self._folder = folder
        self.services = [*LONG_RUNNING, *(["grafana"] if can_be_had(GRAFANA) else [])]
        self.ports = {name: find_free() for name in PORTS}
        self._env = (
            os.environ | OWN_SENDERS | IMAGES | {variable: str(self.ports[name]) for name, variable in PORTS.items()}
        )

    def run(self, *arguments: str) -> str:
        """One compose command; its standard output."""
        done = subprocess.run(
            [*self._command, *arguments], cwd=self._folder, env=self._env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ComposeFailed(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-4000:]}")
        return done.stdout

    def up(self) -> None:
        """Start what runs on, and before it what each needs once; when that fails, what those said last."""
        try:
            self.run("up", "-d", *self.services)
        except ComposeFailed as error:
            raise ComposeFailed(f"{error}\n{self.run('logs', '--no-color', '--tail=8', *ONCE)}") from None

    def states(self) -> dict[str, dict[str, object]]:
        """What the engine says of each service's container: `Pid`, `Status`, `Health`.

        Asked of the engine itself, in two calls: a compose command for each service takes longer than what is measured.
        """
        mine = [f"com.docker.compose.project={self._project}", "com.docker.compose.oneoff=False"]
        ids = _said(["docker", "ps", "-aq", *(part for one in mine for part in ("--filter", f"label={one}"))]).split()
        form = '{{index .Config.Labels "com.docker.compose.service"}} {{json .State}}'
        lines = _said(["docker", "inspect", "-f", form, *ids]).splitlines() if ids else []
        return {name: json.loads(state) for name, _, state in (line.partition(" ") for line in lines)}

    def all_well(self) -> bool:
        """Every service that runs on is running, and healthy where it has a check."""
        states = self.states()
        return all(name in states and _is_well(states[name]) for name in self.services)

    def kill(self, service: str) -> None:
        """SIGKILL to a container's first process from outside, as when it crashes; the engine has then seen it."""
        pid = self.states()[service]["Pid"]
        os.kill(int(str(pid)), signal.SIGKILL)

        def seen() -> bool:
            return self.states()[service]["Pid"] != pid

        wait(60, seen)

    def secret(self, name: str, service: str = "api") -> str:
        """One of the secrets of a service that were made at the start."""
        return self.run("exec", "-T", service, "cat", f"/run/gatehouse/{name}").strip()

    def sql(self, text: str) -> str:
        """What PostgreSQL answers to one statement, unadorned."""
        return self.run("exec", "-T", "postgres", "psql", "-U", "gatehouse", "-Atc", text).strip()


def wait(seconds: float, holds: Callable[[], bool]) -> float:
    """Seconds until something holds; what it raises counts as not yet. Raises TimeoutError naming it."""
    began = time.monotonic()
    last: Exception | None = None
    while time.monotonic() - began < seconds:
        try:
            if holds():
                return time.monotonic() - began
        except Exception as error:
            last = error
        time.sleep(0.5)
    raise TimeoutError(f"{holds.__name__} not within {seconds:g} s") from last


def _is_well(state: dict[str, object]) -> bool:
    health = state.get("Health")
    return state["Status"] == "running" and (not isinstance(health, dict) or health["Status"] == "healthy")


def _quiet(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout

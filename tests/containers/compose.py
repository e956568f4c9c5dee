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
    "postgres", "redis", "api", "scoring", "collector", "alerts", "trainer", "console", "simulator", "prometheus",
)  # fmt: skip


def program() -> list[str] | None:
    """The compose command of this machine, None when there is no engine that answers or it lacks a base image."""
    if shutil.which("docker") is None or _quiet(["docker", "info"]):
        return None
    if any(_quiet(["docker", "image", "inspect", base]) and _quiet(["docker", "pull", "-q", base]) for base in BASES):
        return None
    if not _quiet(["docker", "compose", "version"]):
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


class Compose:
    """One project. Every call raises CalledProcessError with what the command said when it fails."""

    def __init__(self, command: list[str], folder: Path = ROOT) -> None:
        self._command = [*command, "-p", f"gatehouse-check-{os.getpid()}"]
        self._command += [part for profile in PROFILES for part in ("--profile", profile)]
        self._folder = folder
        self.ports = {name: find_free() for name in ("API", "SCORING", "CONSOLE", "PROMETHEUS")}
        own = {f"GATEHOUSE_{name}_PORT": str(port) for name, port in self.ports.items()}
        self._env = os.environ | own | {"PROMETHEUS_PORT": own["GATEHOUSE_PROMETHEUS_PORT"]}

    def run(self, *arguments: str) -> str:
        """One compose command; its standard output."""
        done = subprocess.run(
            [*self._command, *arguments], cwd=self._folder, env=self._env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, arguments, done.stdout[-2000:], done.stderr[-4000:])
        return done.stdout

    def state(self, service: str) -> dict[str, object]:
        """What the engine says of a service's container: `Pid`, `Status`, `Health`."""
        name = self.run("ps", "-q", service).strip()
        found: dict[str, object] = json.loads(_said(["docker", "inspect", "-f", "{{json .State}}", name]))
        return found

    def is_well(self, service: str) -> bool:
        """Running, and healthy where it has a check."""
        state = self.state(service)
        health = state.get("Health")
        return state["Status"] == "running" and (not isinstance(health, dict) or health["Status"] == "healthy")

    def kill(self, service: str) -> None:
        """SIGKILL to the container's first process from outside, as when it crashes; the engine starts it again."""
        os.kill(int(str(self.state(service)["Pid"])), signal.SIGKILL)

    def secret(self, name: str) -> str:
        """One of the secrets that were made at the start."""
        return self.run("exec", "-T", "api", "cat", f"/run/gatehouse/{name}").strip()

    def sql(self, text: str) -> str:
        """What PostgreSQL answers to one statement, unadorned."""
        return self.run("exec", "-T", "postgres", "psql", "-h", "127.0.0.1", "-U", "gatehouse", "-Atc", text).strip()


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


def _quiet(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout

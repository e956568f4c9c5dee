"""A real Prometheus on the configuration that we ship, with the addresses of processes that run here."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from core.errors import HttpUnavailable
from core.http import HttpClient
from stack.ports import find_free
from tests.tree import ROOT

SHIPPED = ROOT / "deploy" / "prometheus"


class Prometheus:
    """Scrapes `targets` (process to address) every second, with our rules."""

    def __init__(self, program: str, folder: Path, targets: dict[str, str]) -> None:
        config = yaml.safe_load((SHIPPED / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(folder / "rules.yml")]
        rules = (SHIPPED / "rules" / "gatehouse.yml").read_text()
        (folder / "rules.yml").write_text(rules.replace("interval: 10s", "interval: 1s"))
        (job,) = config["scrape_configs"]
        for group in job["static_configs"]:
            group["targets"] = [targets[group["labels"]["process"]]]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        port = find_free()
        self._client = HttpClient(f"http://127.0.0.1:{port}", timeout=5.0)
        self._log = (folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [
                program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage",
            ],
            stdout=self._log,
            stderr=self._log,
        )  # fmt: skip

    def ask(self, path: str, **query: str) -> Any:
        """The `data` of an answer of the HTTP API. Raises AssertionError with Prometheus's own words."""
        answer = self._client.get(f"/api/v1/{path}", query or None)
        if answer.status == 503:
            raise HttpUnavailable("Prometheus is starting")
        document = answer.json()
        assert document["status"] == "success", f"{path} {query}: {document.get('error')}"
        return document["data"]

    def value(self, expression: str) -> list[Any]:
        """The samples of an instant query."""
        return list(self.ask("query", query=expression)["result"])

    def wait(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Waits until `reached()`, however Prometheus is doing; says whether it came to be."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if reached():
                    return True
            except HttpUnavailable:
                assert self._process.poll() is None, Path(self._log.name).read_text()
            time.sleep(0.3)
        return False

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

"""`make security`: known vulnerabilities, mistakes in our code, and what the deployment files leave open.

Runs pip-audit, npm audit, bandit and checkov. A check that cannot reach its data says so in one line and does not fail;
a finding fails, unless `deploy/checkov.yaml` or a `# nosec` with its reason explains it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from core.settings import ROOT
from tests.deploy import kustomize

TOOLS = ROOT / ".venv-security" / "bin"
ROOMS = ("core", "api", "collector", "console", "alerts", "ml", "simulator", "stack", "statuses", "client", "deploy")
NODE = ("frontend", "tests/oidc")
KINDS = ("kubernetes", "cloudformation")
SECONDS = 300


class Unreachable(Exception):
    """The check's data cannot be had from here."""


def main() -> int:
    """0 when nothing was found, 1 otherwise."""
    checks: list[tuple[str, Callable[[], list[str]]]] = [
        ("pip-audit", python_packages),
        *((f"npm audit {folder}", lambda folder=folder: node_packages(folder)) for folder in NODE),
        ("bandit", python_code),
        ("checkov", deployment),
    ]
    return 1 if sum([run(name, check) for name, check in checks]) else 0


def run(name: str, check: Callable[[], list[str]]) -> int:
    """Run a check and print what it found; returns how many findings there are."""
    try:
        findings = check()
    except Unreachable as error:
        print(f"{name}: NOT RUN, its data cannot be reached from here ({error})")
        return 0
    print(f"{name}: {len(findings)} findings" if findings else f"{name}: nothing found")
    for finding in findings:
        print(f"  {finding}")
    return len(findings)


def python_packages() -> list[str]:
    """Known vulnerabilities of the locked packages. Raises Unreachable."""
    done = _run([TOOLS / "pip-audit", "--disable-pip", "--require-hashes", "--format=json", "-r", "requirements.lock"])
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise Unreachable(_last(done.stderr)) from None
    known = [one for one in found if "vulns" in one]
    if not known:
        raise Unreachable("the index gives no vulnerabilities of any package")
    if missing := len(found) - len(known):
        print(f"pip-audit: {missing} of {len(found)} packages could not be looked up")
    return [f"{one['name']} {one['version']}: {vuln['id']}" for one in known for vuln in one["vulns"]]


def node_packages(folder: str) -> list[str]:
    """Known vulnerabilities of a folder's package-lock.json. Raises Unreachable."""
    try:
        done = _run(["npm", "audit", "--json", "--package-lock-only"], ROOT / folder)
        found = json.loads(done.stdout)["vulnerabilities"]
    except FileNotFoundError:
        raise Unreachable("npm is not installed") from None
    except (ValueError, KeyError):
        raise Unreachable("the registry has no audit endpoint") from None
    return [f"{name}: {one['severity']} ({one['range']})" for name, one in found.items()]


def python_code() -> list[str]:
    """Mistakes of medium or high severity in our own code."""
    done = _run([TOOLS / "bandit", "-q", "-r", *ROOMS, "-ll", "-f", "json"])
    return [
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in json.loads(done.stdout)["results"]
    ]


def deployment() -> list[str]:
    """What checkov finds in the manifests as they are applied, and in the AWS template."""
    with tempfile.TemporaryDirectory() as folder:
        manifests = Path(folder) / "kubernetes.yaml"
        manifests.write_text(yaml.safe_dump_all(kustomize.build(ROOT / "deploy/kubernetes/overlays/production")))
        files: list[str | Path] = ["-f", manifests, ROOT / "deploy/aws/template.yaml"]
        done = _run([TOOLS / "checkov", "--config-file", "deploy/checkov.yaml", *files, "--output", "json"])
    reports = {one["check_type"]: one for one in json.loads(done.stdout)}
    unjudged = [f"checkov judged no {kind}" for kind in KINDS if not reports.get(kind, {}).get("results")]
    return unjudged + [
        f"{one['resource']}: {one['check_id']} {one['check_name']}"
        for report in reports.values()
        for one in report.get("results", {}).get("failed_checks", [])
    ]


def _run(command: Sequence[str | Path], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    parts = [str(part) for part in command]
    return subprocess.run(parts, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1][:200]


if __name__ == "__main__":
    sys.exit(main())

"""What a grown installation has beside us: PgBouncer before PostgreSQL, nginx before the copies of each web process."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from stack import spawn
from stack.ports import LOOPBACK, answers, find_free
from stack.postgres import USER, Postgres

READY_SECONDS = 20.0


class Neighbour:
    """A server of Debian's that runs in the foreground from a file of ours, until `stop`."""

    def __init__(self, program: str, arguments: list[str], folder: Path, port: int) -> None:
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [find(program), *arguments]
        self._folder = folder
        self._log = folder / f"{program}.log"

    def start(self) -> None:
        """Returns when it takes connections."""
        with self._log.open("ab") as log:
            self.process = spawn.spawn(self._command, env={}, log=log, cwd=self._folder)
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.port):
            ended = time.monotonic() > deadline or self.process.poll() is not None
            assert not ended, self._log.read_text()[-2000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Orderly."""
        if self.process is not None:
            spawn.stop(self.process, patience=5.0)
            self.process = None


def find(program: str) -> str:
    """Where PATH has it, or Debian puts it. Raises FileNotFoundError."""
    found = shutil.which(
        program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
    )
    if found is None:
        raise FileNotFoundError(f"{program} is not installed")
    return found


def pgbouncer(folder: Path, postgres: Postgres) -> tuple[Neighbour, str]:
    """PgBouncer in transaction pooling before a PostgreSQL, and the URL that leads through it."""
    port = find_free()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users.txt").write_text(f'"{USER}" "{postgres.password}"\n')
    lines = [
        "[databases]", f"* = host={LOOPBACK} port={postgres.port}",
        "[pgbouncer]", f"listen_addr = {LOOPBACK}", f"listen_port = {port}", "unix_socket_dir =",
        "pool_mode = transaction",
        "auth_type = scram-sha-256", f"auth_file = {folder}/users.txt", "default_pool_size = 20",
        "max_client_conn = 400",
        "user = nobody" if postgres.uid is not None else "", "server_idle_timeout = 30",
    ]  # fmt: skip
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    for path in (folder, folder / "users.txt", folder / "pgbouncer.ini"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    url = postgres.url().replace(f":{postgres.port}/", f":{port}/")
    return Neighbour("pgbouncer", [str(folder / "pgbouncer.ini")], folder, port), url


def nginx(folder: Path, upstreams: dict[str, tuple[int, list[int]]]) -> Neighbour:
    """One door for each process: {name: (port of the door, ports of the copies)}; a dead copy is passed over."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = []
    for name, (port, copies) in upstreams.items():
        servers = " ".join(f"server {LOOPBACK}:{copy} max_fails=1 fail_timeout=1s;" for copy in copies)
        blocks.append(f"upstream {name} {{ {servers} keepalive 16; }}")
        blocks.append(
            f"server {{ listen {LOOPBACK}:{port}; location / {{ proxy_pass http://{name}; proxy_http_version 1.1;"
            ' proxy_set_header Connection ""; proxy_set_header Host $http_host;'
            " proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
            " proxy_next_upstream error timeout; proxy_connect_timeout 1s; client_max_body_size 9m; } }"
        )
    temp = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = "\n".join(blocks)
    text = (
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ access_log off;\n{temp}\n{http}\n}}\n"
    )
    (folder / "nginx.conf").write_text(text)
    first = next(iter(upstreams.values()))[0]
    return Neighbour("nginx", ["-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], folder, first)

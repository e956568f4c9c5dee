"""How gunicorn serves our applications: loopback, threads, no control socket, graceful end.

The port follows from the application named on the command line; `--bind`, `--workers`, `--threads` override.
"""

import sys
from pathlib import Path
from typing import Any

from core import settings as _settings
from core.web.server_log import ACCESS_FORMAT, ScrubbedLogger

_known = _settings.load()
_ports = {"monitoring_api": "api", "ml.service": "scoring", "monitoring_dashboard": "console"}
_named = {argument.partition(":")[0] for argument in sys.argv}
_port = next((_known.ports[port] for module, port in _ports.items() if module in _named), _known.ports["api"])

bind = [f"{_known.host}:{_port}"]
# Scoring clients ask again at once; the plain worker spends two thread switches a request on them.
worker_class = "core.web.patient.PatientWorker" if "ml.service" in _named else "core.web.worker.WholeWorker"
threads = 8
worker_connections = 4000  # open browsers a worker: beyond it, whoever has waited longest for its client goes
keepalive = 75  # longer than the pause between two polls of a browser or a client's pool
timeout = 30
graceful_timeout = 20
backlog = 1024
control_socket_disable = True
# Heartbeat files of gunicorn, which it opens by itself and unlinks at once.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nosec B108
accesslog = None  # every request is an event already
access_log_format = ACCESS_FORMAT  # whoever wants one gets routes: a path may hold a one-time link
logger_class = ScrubbedLogger
errorlog = "-"
loglevel = "warning"
limit_request_line = 8190
forwarded_allow_ips = ""  # who may say https, and under which name, is decided by console/auth/public_origin.py alone
secure_scheme_headers: dict[str, str] = {}
sendfile = False  # answers go through the waiting room (core/web/response_writer.py)


def post_worker_init(worker: Any) -> None:
    """A worker counts, and is counted among the live ones, from its start and not from its first request."""
    if recorder := getattr(worker.wsgi, "recorder", None):  # an application of ours, and not a benchmark's peer
        recorder.watcher.queue = worker.tpool.waiting
        if (reporter := getattr(worker.wsgi, "processes", None)) is not None:
            reporter.serves(worker.load, f"{worker.age}")
        recorder.start()

"""Two of every process, a Redis Cluster, PgBouncer and nginx on one machine, under one supervisor."""

from dataclasses import replace
from pathlib import Path

from core import settings as known_settings
from core.db.engine import Database
from core.db.redis_client import Live
from simulator.receiving.plan import Plan
from simulator.receiving.run import Receivers
from simulator.receiving.run import start as receive
from stack import services
from stack.ports import LOOPBACK, find_free
from stack.postgres import Postgres
from stack.services import Service
from tests.faults.rig import Rig
from tests.growth import neighbours, outage
from tests.redis_cluster import RedisCluster

COPIES = 2
DOORS = {"api": "API", "scoring": "SCORING", "console": "CONSOLE"}


class Grown(Rig):
    """`settings` lead through nginx, PgBouncer and the cluster; `copies` names the supervised processes of a kind."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[str, list[str]] = {}
        self._neighbours: list[neighbours.Neighbour] = []
        self.receivers: Receivers
        folder = Path(self.folder.name)
        folder.chmod(0o755)
        secrets = self.stack.home
        secrets.open()
        words = secrets.secrets()
        log = secrets.log("postgres")
        self._server = Postgres(
            secrets.path / "postgres", self.settings.ports["postgres"], words["postgres_password"], log,
            {"max_connections": "100"},
        )  # fmt: skip
        self.cluster = RedisCluster(folder / "cluster", words["redis_password"])
        self._folder = folder

    def start(self) -> None:
        """Servers, neighbours, the other ends of the channels, a small model, then two of everything."""
        self.supervisor.add_server("PostgreSQL", self._server)
        self.cluster.start()
        bouncer, url = neighbours.pgbouncer(self._folder / "pgbouncer", self._server)
        bouncer.start()
        self._neighbours.append(bouncer)
        self.supervisor.env |= {
            "DATABASE_URL": url,
            "REDIS_URL": self.cluster.url(),
            "GATEHOUSE_TRUSTED_PROXIES": "127.0.0.1/32",
            "GATEHOUSE_STREAM_SHARDS": "6",
            "GATEHOUSE_CONFIG": str(outage.configuration(self._folder)),
        }
        # Every eighth message meets a fault: refused, lost, or taken and never confirmed.
        self.receivers = receive(
            LOOPBACK, (0, 0), self._folder / "receivers", plan=Plan(seed=3, share=0.125),
            api_url=self.settings.api_url, hang=2.0,
        )  # fmt: skip
        self.supervisor.env |= self.receivers.variables
        self.settings = self.stack.settings = known_settings.load(self.supervisor.env)
        self.database, self.live = Database(url), Live(self.cluster.url())
        self.prepare()
        ports = {name: [find_free() for _ in range(COPIES)] for name in DOORS}
        doors = {name: (self.settings.ports[name], copies) for name, copies in ports.items()}
        auth = neighbours.nginx(self._folder / "nginx", doors)
        auth.start()
        self._neighbours.append(auth)
        kinds = [*services.entrances(self.settings), *services.workers(self.settings), services.console(self.settings)]
        for service in kinds:
            for number in range(COPIES):
                self._start_copy(service, number, ports.get(service.name, [0] * COPIES)[number])

    def close(self) -> None:
        """Stops everything and forgets the data."""
        for neighbour in self._neighbours:
            neighbour.stop()
        self.supervisor.stop()
        if hasattr(self, "receivers"):
            self.receivers.close()
        self.cluster.stop()
        super().close()

    def _start_copy(self, service: Service, number: int, port: int) -> None:
        """One copy with a directory and ports of its own, of which `port` is the one that the door leads to."""
        name = f"{service.name}-{number}"
        ports = ("METRICS", "ALERTS", "STATUSES", "TRAINER")
        env = {f"GATEHOUSE_{variable}_PORT": str(find_free()) for variable in ports}
        if service.name in DOORS:
            env[f"GATEHOUSE_{DOORS[service.name]}_PORT"] = str(port)
        env |= {
            "GATEHOUSE_API_URL": self.settings.api_url,
            "GATEHOUSE_SCORING_URL": self.settings.scoring_url,
            "GATEHOUSE_DATA": str(self._folder / name),
        }
        own = known_settings.load(self.supervisor.env | env)
        again = [*services.entrances(own), *services.workers(own), services.console(own)]
        mine = next(one for one in again if one.name == service.name)
        self.copies.setdefault(service.name, []).append(name)
        self.supervisor.own[name] = self.supervisor.own.get(service.name, {})
        self.supervisor.start(replace(mine, name=name, title=f"{mine.title} {number}", env=env))

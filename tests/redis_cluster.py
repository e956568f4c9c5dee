"""Three Redis servers, the wheel's unless another is named, as one Redis Cluster, for tests."""

from pathlib import Path

import redis

from stack.ports import LOOPBACK, find_free
from stack.redis import Redis
from tests.waiting import until

SLOTS = 16384
BUS = 10_000  # a node talks to the others on its port plus this


class RedisCluster:
    """A cluster without replicas: `start`, `stop`, `url`, and `run` on every node, like one `stack.redis.Redis`."""

    def __init__(
        self, root: Path, password: str, nodes: int = 3, whole: bool = True, program: Path | None = None
    ) -> None:
        self._password = password
        options = {"cluster-enabled": "yes", "cluster-node-timeout": "2000"}
        if not whole:  # it goes on with what is left when a node is away
            options["cluster-require-full-coverage"] = "no"
        self.nodes = [
            Redis(root / f"node{number}", find_free(beside=BUS), password, root / f"node{number}.log", options, program)
            for number in range(nodes)
        ]

    def url(self) -> str:
        """Leads to any node."""
        return f"redis+cluster://default:{self._password}@{LOOPBACK}:{self.nodes[0].port}"

    def start(self) -> None:
        """Start the nodes and let them share the slots."""
        for node in self.nodes:
            node.data.parent.mkdir(parents=True, exist_ok=True)
            node.start()
        share = -(-SLOTS // len(self.nodes))
        for number, node in enumerate(self.nodes):
            mine = range(number * share, min(SLOTS, (number + 1) * share))
            with redis.Redis(port=node.port, password=self._password) as client:
                client.execute_command("CLUSTER", "ADDSLOTS", *mine)
            if number:
                node.run("cluster", "meet", LOOPBACK, str(self.nodes[0].port))
        assert until(lambda: all(self._knows_all(node) for node in self.nodes)), "the nodes do not find one another"

    def stop(self) -> None:
        """Orderly."""
        for node in self.nodes:
            node.stop()

    def run(self, *arguments: str) -> str:
        """One command on every node; what they print, a line each."""
        return "\n".join(node.run(*arguments) for node in self.nodes)

    def _knows_all(self, node: Redis) -> bool:
        told = node.run("cluster", "info")
        return "cluster_state:ok" in told and f"cluster_known_nodes:{len(self.nodes)}" in told

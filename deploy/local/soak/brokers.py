"""One or three brokers for fault tests: every service reaches them through a link of its own, audits directly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka
from deploy.local.processes import free_port
from deploy.local.soak.links import Link
from shared.contracts.topics import SERVICES
from shared.messaging.admin import answers

SHORTEST_SESSION_MS = 2000
PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{doors}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
num.network.threads=1
log.dirs={folder}/log
auto.create.topics.enable=false
default.replication.factor={replicas}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=5
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr=1
min.insync.replicas={in_sync}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms={session}
broker.session.timeout.ms=4000
message.max.bytes=1048588
log.cleaner.dedupe.buffer.size=4194304
"""


@dataclass(frozen=True)
class Node:
    """Where one broker listens: directly, as a controller, and per service."""

    number: int
    port: int
    controller: int
    doors: dict[str, int]


class LinkedBroker(kafka.KafkaBroker):
    """One broker of a cluster, each service's listener advertised at the service's own link."""

    def __init__(self, data: Path, folder: str, node: Node, cluster: Cluster) -> None:
        super().__init__(data, folder)
        self.port = node.port
        self._node = node
        self._cluster = cluster

    def cluster_id(self) -> str:
        """The same for every node."""
        return self._cluster.id

    def properties(self) -> str:
        """This node's server.properties."""
        links, nodes = self._cluster.links, self._cluster.nodes
        number, count = self._node.number, len(nodes)
        return PROPERTIES.format(
            node=number, port=self.port, controller=self._node.controller, folder=kafka.escaped(self.folder), replicas=count,
            in_sync=2 if count > 2 else 1, session=SHORTEST_SESSION_MS,  # noqa: PLR2004 - two of three, or the only one
            voters=",".join(f"{node.number}@127.0.0.1:{node.controller}" for node in nodes),
            doors="".join(f",{name.upper()}://127.0.0.1:{port}" for name, port in self._node.doors.items()),
            advertised="".join(f",{name.upper()}://127.0.0.1:{links[name, number].port}" for name in self._node.doors),
            protocols="".join(f",{name.upper()}:PLAINTEXT" for name in self._node.doors),
        )


class Cluster:
    """All brokers of one run."""

    def __init__(self, data: Path, count: int) -> None:
        self.id = kafka.cluster_id()
        self.nodes = [Node(number, free_port(), free_port(), {name: free_port() for name in SERVICES}) for number in range(1, count + 1)]
        self.links = {(name, node.number): Link(f"{name}-kafka{node.number}", node.doors[name]) for node in self.nodes for name in SERVICES}
        folders = ["kafka" if count == 1 else f"kafka{node.number}" for node in self.nodes]
        self.brokers = [LinkedBroker(data, folder, node, self) for folder, node in zip(folders, self.nodes, strict=True)]

    @property
    def bootstrap(self) -> str:
        """Where audits connect, by no link."""
        return ",".join(broker.bootstrap for broker in self.brokers)

    def seen_by(self, service: str) -> str:
        """Where a service connects: through its own links."""
        return ",".join(f"127.0.0.1:{self.links[service, node.number].port}" for node in self.nodes)

    def links_of(self, service: str) -> list[Link]:
        """Every link between a service and the brokers."""
        return [link for (name, _), link in self.links.items() if name == service]

    async def start(self, say: Callable[[str], None]) -> None:
        """Starts all and waits until they answer."""
        await asyncio.gather(*(link.start() for link in self.links.values()))
        await asyncio.gather(*(self.restart(place, say, wait=False) for place in range(len(self.brokers))))
        await asyncio.gather(*(self._answers(broker) for broker in self.brokers))

    async def restart(self, place: int, say: Callable[[str], None], *, wait: bool = True) -> None:
        """Starts one broker, as it was, after its end."""
        await self.brokers[place].start(say)
        if wait:
            await self._answers(self.brokers[place])

    async def _answers(self, broker: LinkedBroker) -> None:
        await broker.program.answered(lambda: answers(broker.bootstrap), kafka.START_WITHIN_S, "Kafka ")

    async def stop(self) -> None:
        """Ends all."""
        await asyncio.gather(*(broker.program.stop() for broker in self.brokers))
        await asyncio.gather(*(link.stop() for link in self.links.values()))

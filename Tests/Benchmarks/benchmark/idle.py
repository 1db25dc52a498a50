"""Connections that do nothing: what they cost a proxy in memory and CPU time."""

import time
from dataclasses import dataclass

from benchmark.exchange import Connection, client_context, request

IDLE_SECONDS = 5
# Both servers and this program need one file each per connection, and some more.
SPARE_FILES = 1000
# Asks again on one connection in so many when the idle time is over.
CHECKED = 100
SOURCES = [f"127.0.0.{number}" for number in range(2, 10)]
REFUSED = request(authorization=None)


@dataclass(frozen=True)
class Idle:
    """Resident bytes before the first connection, with all, and after the last has gone; CPU time while all idle."""

    connections: int
    before: int
    connected: int
    closed: int
    cpu_milliseconds: float


def measure(server, certificate, connections):
    """Opens them one by one, with a refused request each as a browser's would have. All stay open meanwhile: the
    servers' patience is five minutes."""
    context = client_context(certificate.certificate)
    before = server.process.resident_bytes()
    sockets, checked = [], []
    try:
        for index in range(connections):
            connection = Connection(server.tls_port, context, source=SOURCES[index % len(SOURCES)])
            refuse(server, connection)
            if index % CHECKED == 0:
                checked.append(connection)
            else:
                sockets.append(connection.detach())
        time.sleep(1)
        connected = server.process.resident_bytes()
        cpu_before = sum(server.process.cpu_seconds())
        time.sleep(IDLE_SECONDS)
        cpu = sum(server.process.cpu_seconds()) - cpu_before
        for connection in checked:
            refuse(server, connection)
        for idle in sockets:
            if is_closed(idle):
                raise SystemExit(f"{server.name} closed an idle connection")
    finally:
        for connection in (*sockets, *checked):
            connection.close()
    time.sleep(2)
    return Idle(connections, before, connected, server.process.resident_bytes(), cpu * 1000)


def refuse(server, connection):
    status, _, body = connection.send(REFUSED)
    if status != 401:
        raise SystemExit(f"{server.name} answers without a key with {status} {body[:300]!r}")


def is_closed(idle):
    idle.setblocking(False)
    try:
        return not idle.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        return True

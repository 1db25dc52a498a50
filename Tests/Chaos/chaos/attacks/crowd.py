"""Many clients that do little: they connect, send the beginning of something, and then a byte now and then or nothing."""

import itertools
import select
import socket
import ssl
import time
from dataclasses import dataclass

from chaos.sockets import client_socket

# They gather this fast a second, or as fast as the edge lets them: what they cost by coming is another attack.
GATHERING = 1000


def addresses():
    """Addresses of loopback without end, one for each connection: what limits a client by its address stops none."""
    for index in itertools.count():
        yield f"127.{16 + index // 64000 % 200}.{index // 250 % 256}.{index % 250 + 1}"


@dataclass
class Crowd:
    """What its clients do. `first` is sent at once and `drip` (a byte of it) each second; those whose connection
    ends come again a second later. Reads what comes, or leaves it in a buffer of the smallest size."""

    port: int
    count: int
    first: bytes = b""
    drip: bytes = b""
    reads: bool = True
    gathering: int = GATHERING

    def __post_init__(self):
        self.sources = addresses()
        self.first = memoryview(self.first)
        self.poll = select.epoll()
        self.clients = {}
        self.opened = self.ended = self.failed = 0

    def open_one(self):
        client = client_socket()
        client.setblocking(False)
        if not self.reads:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        try:
            client.bind((next(self.sources), 0))
            client.connect_ex(("127.0.0.1", self.port))
        except OSError:
            self.failed += 1
            client.close()
            return
        self.keep(client, self.first)

    def keep(self, client, first):
        """Watches it. `first` is what is still to be sent."""
        self.poll.register(client, select.EPOLLOUT)
        # And where in the drip it is.
        self.clients[client.fileno()] = [client, first, 0]

    def fill(self):
        """Opens what is missing, a hundredth of a second's share at a time."""
        missing = self.count - len(self.clients)
        while missing > 0:
            for _ in range(min(missing, self.gathering // 100)):
                self.open_one()
            missing -= self.gathering // 100
            self.look(0.01)

    def look(self, seconds):
        """Handles what the sockets say until that time is over."""
        until = time.monotonic() + seconds
        while True:
            for number, event in self.poll.poll(max(0, until - time.monotonic()), 4096):
                client = self.clients.get(number)
                if client is None:
                    continue
                try:
                    self.handle(number, client, event)
                except (BlockingIOError, InterruptedError):
                    pass
                except OSError:
                    self.drop(number)
            if time.monotonic() >= until:
                return

    def handle(self, number, client, event):
        if event & select.EPOLLOUT and client[1] is not None:
            sent = client[0].send(client[1]) if client[1] else 0
            client[1] = client[1][sent:]
            if not client[1]:
                client[1] = None
                self.opened += 1
                self.poll.modify(number, select.EPOLLIN if self.reads else 0)
        if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            if not self.reads or not client[0].recv(65536):
                raise ConnectionResetError

    def drop(self, number):
        self.clients.pop(number)[0].close()
        self.ended += 1

    def drip_once(self):
        for number, client in list(self.clients.items()):
            if client[1] is None:
                try:
                    client[0].send(self.drip[client[2] % len(self.drip) :][:1])
                    client[2] += 1
                except BlockingIOError:
                    pass
                except OSError:
                    self.drop(number)

    def run(self, seconds, ready):
        """Gathers, calls `ready`, and stays for so long. What its clients saw."""
        self.fill()
        self.look(0.2)
        ready()
        until = time.monotonic() + seconds
        next_drip, next_fill = time.monotonic() + 1, time.monotonic() + 1
        while time.monotonic() < until:
            self.look(min(0.1, max(0.001, until - time.monotonic())))
            if self.drip and time.monotonic() >= next_drip:
                self.drip_once()
                next_drip += 1
            if time.monotonic() >= next_fill:
                self.fill()
                next_fill = time.monotonic() + 1
        # Nobody leaves before the program ends: that is what the edge recovers from.
        return {"open": len(self.clients), "opened": self.opened, "ended by the edge": self.ended, "failed": self.failed}


@dataclass
class SecureCrowd(Crowd):
    """Over TLS, one handshake after the other. What is sent at once is answered, and its answer read."""

    certificate: str = ""

    def __post_init__(self):
        super().__post_init__()
        self.context = ssl.create_default_context(cafile=self.certificate)

    def open_one(self):
        client = client_socket()
        client.settimeout(10)
        try:
            client.bind((next(self.sources), 0))
            client.connect(("127.0.0.1", self.port))
            client = self.context.wrap_socket(client, server_hostname="localhost")
            client.sendall(self.first)
            client.recv(65536)
        except OSError:
            self.failed += 1
            client.close()
            return
        client.setblocking(False)
        self.keep(client, None)
        self.opened += 1
        self.poll.modify(client, select.EPOLLIN)

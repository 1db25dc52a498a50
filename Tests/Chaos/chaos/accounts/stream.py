"""The stream of numbered events: who sends which, when, over what, and how it goes away."""

import asyncio
import itertools

from benchmark.exchange import client_context

from chaos.accounts.books import Event, Result
from chaos.accounts.http1_client import HTTP1Connection
from chaos.accounts.http2_client import HTTP2Connection
from chaos.accounts.messages import request_of
from chaos.accounts.upstream import make_reset

PLAIN, TLS, HTTP2 = "HTTP/1.1", "HTTP/1.1 over TLS", "HTTP/2"
CLIENTS = {PLAIN: 28, TLS: 10, HTTP2: 12}
STREAMS = 6
# One in so many goes to a connection of its own.
FRESH = 20


class Stream:
    """Sends `count` events in about `seconds`. `aborts` is the share of clients that go before their answer."""

    def __init__(self, scene, count, seconds, aborts=0.0):
        self.scene, self.count, self.seconds, self.aborts = scene, count, seconds, aborts
        self.book, self.rng = scene.book, scene.rng
        self._numbers = itertools.count(len(self.book.events) + 1)
        self._last = len(self.book.events) + count
        self._contexts = {way: client_context(scene.certificate.certificate, protocol)
                          for way, protocol in ((TLS, "http/1.1"), (HTTP2, "h2"))}  # fmt: skip
        self._shared = {}

    async def run(self):
        self._began = asyncio.get_running_loop().time()
        workers = [
            self._work(way, index) for way, clients in CLIENTS.items() for index in range(clients)
        ]
        await asyncio.gather(*workers)
        for connection, _ in self._shared.values():
            if connection:
                connection.transport.close()

    async def _work(self, way, index):
        connection = None
        while (number := next(self._numbers)) <= self._last:
            due = self._began + (number - self._last + self.count) * self.seconds / self.count
            await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
            event = self.scene.enter(self._event(number, way))
            if way == HTTP2:
                event.results.append(await self._ask_http2(event, index // STREAMS))
            else:
                connection = await self._ask(event, connection)
        if connection:
            connection.transport.close()

    def _event(self, number, way):
        event = Event(number, way)
        # Decided by the number, so that every mixture occurs.
        if number % 2 == 0:
            event.idempotency_key = f"key-{number}"
        if number % 3 == 0:
            event.given_id = f"given-{number}"
        if self.rng.random() < self.aborts:
            event.abort = "left" if way == HTTP2 else self.rng.choice(["head", "reset", "left"])
            if way == TLS and event.abort == "left":
                event.abort = "reset"
        return event

    async def _ask(self, event, connection):
        """Sends an event over HTTP/1.1; the connection to go on with."""
        tls = event.way == TLS
        if connection and (connection.is_closed or self.rng.randrange(FRESH) == 0):
            connection.transport.close()
            connection = None
        is_kept = connection is not None
        try:
            if not connection:
                port = self.scene.tls_port if tls else self.scene.port
                connection = await HTTP1Connection.open(port, self._contexts[TLS] if tls else None)
        except OSError as error:
            event.results.append(Result(end=f"no connection: {error!r}"))
            return None
        head, body = request_of(event)
        if event.abort:
            await self._abort(event, connection, head, body)
            return None
        event.is_kept = is_kept
        event.results.append(await connection.ask(head + body))
        if connection.stray:
            event.results.append(Result(end=f"more than an answer: {connection.stray!r}"))
        return connection

    async def _abort(self, event, connection, head, body):
        """Sends some of a request, waits a moment, and goes."""
        if event.abort == "head":
            connection.send(head[: self.rng.randrange(1, len(head) - 2)])
        else:
            connection.send(head + body[: self.rng.choice([0, len(body) // 2, len(body), len(body)])])
        await asyncio.sleep(self.rng.choice([0, 0.002, 0.05]))
        event.results.append(Result(end="left"))
        if event.abort == "reset" or event.abort == "head" and self.rng.randrange(2):
            make_reset(connection.transport)
        else:
            connection.transport.close()

    async def _ask_http2(self, event, index):
        connection, lock = self._shared.setdefault(index, (None, asyncio.Lock()))
        async with lock:
            connection = self._shared[index][0]
            if connection is None or connection.is_closed:
                try:
                    connection = await HTTP2Connection.open(self.scene.tls_port, self._contexts[HTTP2])
                except OSError as error:
                    return Result(end=f"no connection: {error!r}")
                self._shared[index] = (connection, lock)
        leave_after = self.rng.choice([0.0005, 0.002, 0.05]) if event.abort else None
        return await connection.ask(event, leave_after)

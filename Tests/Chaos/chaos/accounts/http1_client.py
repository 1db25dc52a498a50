"""One connection of HTTP/1.1, in clear text or over TLS."""

import asyncio

from chaos.accounts.books import SILENCE, Result
from chaos.accounts.messages import PATIENCE, read_answer


class HTTP1Connection(asyncio.Protocol):
    """One request at a time. What comes unasked is kept in `stray`."""

    def __init__(self):
        self.transport = self._waiting = None
        self._received = b""
        self._results, self._wanted = [], 0
        self.stray = b""
        self.is_closed = False

    @classmethod
    async def open(cls, port, tls=None):
        _, connection = await asyncio.get_running_loop().create_connection(
            cls, "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None
        )
        return connection

    def connection_made(self, transport):
        self.transport = transport

    def send(self, message):
        """Sends without waiting for an answer."""
        self.transport.write(message)

    async def ask(self, message):
        return (await self.ask_many(message, 1))[0]

    async def ask_many(self, message, count):
        """The results of `count` requests, pipelined in one message."""
        self._results, self._wanted = [], count
        self._waiting = asyncio.get_running_loop().create_future()
        if self.is_closed:
            return [Result(end="closed before the request")] * count
        self.transport.write(message)
        try:
            await asyncio.wait_for(self._waiting, PATIENCE)
        except TimeoutError:
            self.transport.abort()
            self._results += [Result(end=SILENCE)] * (count - len(self._results))
        return self._results

    def data_received(self, data):
        if self._waiting is None or self._waiting.done():
            self.stray += data
            return
        self._received += data
        while not self._waiting.done() and self._take_answer():
            pass

    def _take_answer(self):
        head, mark, rest = self._received.partition(b"\r\n\r\n")
        if not mark:
            return False
        lines = head.decode("latin-1").split("\r\n")
        fields = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:]}
        length = int(fields.get("content-length", 0))
        if len(rest) < length:
            return False
        self._received = rest[length:]
        self._results.append(read_answer(int(lines[0].split()[1]), fields, rest[:length]))
        if fields.get("connection", "").lower() == "close":
            self.is_closed = True
            self.transport.close()
            self._results += [Result(end="closed before the request")] * (self._wanted - len(self._results))
        if len(self._results) == self._wanted:
            self.stray, self._received = self._received, b""
            self._waiting.set_result(None)
        return True

    def eof_received(self):
        return False

    def connection_lost(self, error):
        self.is_closed = True
        if self._waiting and not self._waiting.done():
            said = f", {self._received!r}" if self._received else ""
            end = Result(end=f"connection lost: {error or 'closed'}{said}")
            self._results += [end] * (self._wanted - len(self._results))
            self._waiting.set_result(None)

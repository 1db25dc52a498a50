"""How an event is sent and an answer read; one connection of HTTP/1.1, in clear text or over TLS."""

import asyncio
import json
import re
import ssl

from chaos.books import MAYBE, NOTHING, SILENCE, Result

PATIENCE = 20
KEYS = [f"pk_{index:02d}" + "0123456789abcdef" * 3 for index in range(20)]


def key_of(number):
    return KEYS[number % len(KEYS)]


def body_of(number):
    event = {"event": f"event_{number}", "email": "ada@example.com", "data": {"number": number}}
    return json.dumps(event).encode()


def fields_of(event, authorization=True):
    fields = {"user-agent": f"event/{event.number}", "content-type": "application/json"}
    if authorization:
        fields["authorization"] = f"Bearer {key_of(event.number)}"
    if event.idempotency_key:
        fields["idempotency-key"] = event.idempotency_key
    if event.given_id:
        fields["x-request-id"] = event.given_id
    return fields


def request_of(event, target="/v1/track", authorization=True):
    """Head and body of its request in HTTP/1.1."""
    body = body_of(event.number)
    fields = {"host": "localhost", **fields_of(event, authorization), "content-length": len(body)}
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode(), body


def read_answer(status, fields, body):
    """What an answer tells its client."""
    result = Result(status=status, request_id=fields.get("x-request-id"), body=body.decode(errors="replace"))
    try:
        members = json.loads(body)
    except ValueError:
        members = {}
    error = members.get("error", {})
    result.code = error.get("code")
    said = error.get("suggestion", "")
    result.says = MAYBE if "may have been recorded" in said else NOTHING if "Nothing was recorded" in said else None
    named = re.fullmatch(r"event (\d+)", error.get("message", "")) or re.match(
        r"0{8}-0{4}-4000-8000-(\d{12})$", members.get("data", {}).get("event", "")
    )
    result.named = int(named[1]) if named else None
    return result


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


def client_tls(certificate, protocol):
    """A client's TLS that trusts this certificate only."""
    context = ssl.create_default_context(cafile=certificate.certificate)
    context.set_alpn_protocols([protocol])
    return context

"""A Plunk that fails as it is told: reads every byte, checks each request, keeps the book of what it recorded."""

import asyncio
import json
import re

from chaos.accounts.books import Arrival
from chaos.sockets import reset_at_close

REQUIRED = {"host", "authorization", "content-type", "content-length", "accept", "user-agent", "x-request-id"}
ALLOWED = REQUIRED | {"idempotency-key", "x-forwarded-for", "traceparent"}
REASONS = {200: "OK", 302: "Found", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}  # fmt: skip
IN_FLIGHT = None


def event_id(number):
    """The id that Plunk gives to an event: its number, so that nobody can take another's answer for his own."""
    return f"00000000-0000-4000-8000-{number:012d}"


def make_reset(transport):
    """Ends a connection so that its peer gets a RST."""
    handle = transport.get_extra_info("socket")
    if handle is not None and handle.fileno() >= 0:
        reset_at_close(handle)
    transport.abort()


class Turn:
    """One request and what is done with it."""

    def __init__(self, upstream, writer, arrival, key):
        self.upstream, self.writer, self.arrival = upstream, writer, arrival
        self._claim = arrival.idempotency_key and (key, arrival.idempotency_key)
        self.is_over = False

    def take(self):
        """Records the event, unless its Idempotency-Key has been claimed, as Plunk does; status and body of the answer.
        The claim is in flight until `settle`."""
        claims = self.upstream.claims
        if self._claim in claims:
            return self.conflict(claims[self._claim])
        if self._claim:
            claims[self._claim] = IN_FLIGHT
        self.arrival.recorded = True
        contact, event = "11111111-1111-4111-8111-111111111111", event_id(self.arrival.number)
        data = {"contact": contact, "event": event, "timestamp": "2026-01-01T00:00:00.000Z"}
        return 200, json.dumps({"success": True, "data": data})

    def settle(self, status=200):
        """What Plunk remembers of an idempotent request: nothing after a 4xx."""
        if not self.arrival.recorded or not self._claim:
            return
        if 400 <= status < 500:
            del self.upstream.claims[self._claim]
        else:
            self.upstream.claims[self._claim] = status

    def conflict(self, original):
        details = {"originalStatusCode": original}
        return 409, self.error(409, "IDEMPOTENCY_KEY_REUSED", details)

    def error(self, status, code, details=None):
        error = {"code": code, "message": f"event {self.arrival.number}", "statusCode": status}
        if details is not None:
            error["details"] = details
        return json.dumps({"success": False, "error": error, "timestamp": "2026-01-01T00:00:00.000Z"})

    def bytes_of(self, status, body, kind="application/json; charset=utf-8", fields=()):
        lines = [
            f"HTTP/1.1 {status} {REASONS[status]}", f"Content-Type: {kind}", f"Content-Length: {len(body)}",
            f"X-Request-ID: {self.arrival.request_id}", *fields, "", body,
        ]  # fmt: skip
        return "\r\n".join(lines).encode()

    def say(self, message):
        if not self.writer.transport.is_closing():
            self.writer.write(message)

    async def reply(self, status, body, **options):
        self.settle(status)
        self.say(self.bytes_of(status, body, **options))

    def reset(self):
        self.is_over = True
        make_reset(self.writer.transport)

    def close(self):
        self.is_over = True
        self.writer.close()


async def well(turn):
    """Plunk as it should be."""
    await turn.reply(*turn.take())


class Upstream:
    """Listens on a port of 127.0.0.1, or on given addresses with one port. `pick` names what is done with a request,
    `greet` what is done with a connection before anything is read; both may be changed at any time."""

    def __init__(self, book, is_key_expected, rng, tls=None):
        self.book, self.is_key_expected, self.rng, self.tls = book, is_key_expected, rng, tls
        self.pick = lambda: well
        self.greet = lambda: None
        self.claims = {}
        self.port = None
        self.addresses_used = set()
        self.addresses = {}
        # The connections, and the address that each came to: a broken one forgets it.
        self.writers = {}
        # Those that wait for a request.
        self.idle = set()

    async def open(self, address="127.0.0.1"):
        server = await asyncio.start_server(self._serve, address, self.port or 0, ssl=self.tls, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self.addresses[address] = server

    def close(self, address="127.0.0.1", connections=None):
        """Stops listening; `connections` ("close" or "reset") says what becomes of those that are open."""
        self.addresses.pop(address).close()
        for writer, local in list(self.writers.items()):
            if connections and local == address:
                make_reset(writer.transport) if connections == "reset" else writer.close()

    def end(self):
        for address in list(self.addresses):
            self.close(address, "close")

    async def _serve(self, reader, writer):
        address = self.writers[writer] = (writer.get_extra_info("sockname") or ("gone",))[0]
        try:
            greeting = self.greet()
            if greeting and not await greeting(reader, writer):
                return
            await self._read_requests(reader, writer, address)
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            del self.writers[writer]
            self.idle.discard(writer)
            writer.close()

    async def _read_requests(self, reader, writer, address):
        while True:
            self.idle.add(writer)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.idle.discard(writer)
            length = int(re.search(r"(?i)\r\ncontent-length: (\d+)", head)[1])
            body = await reader.readexactly(length)
            arrival, key = self._enter(head, body)
            behave = self.pick()
            arrival.what = behave.__name__
            self.addresses_used.add(address)
            turn = Turn(self, writer, arrival, key)
            await behave(turn)
            if turn.is_over:
                return
            await writer.drain()

    def _enter(self, head, body):
        """Checks a request and writes it into the book."""
        request_line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        names = [line.partition(":")[0].lower() for line in lines]
        fields = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        try:
            members = json.loads(body)
            number = members["data"]["number"]
        except (ValueError, KeyError, TypeError):
            members, number = {}, -1
        arrival = Arrival(number, fields.get("idempotency-key"), fields.get("x-request-id"))
        event = self.book.events.get(number)

        def require(holds, violation):
            if not holds:
                arrival.violations.append(violation)

        require(request_line == "POST /v1/track HTTP/1.1", f"request line {request_line}")
        require(len(set(names)) == len(names) and REQUIRED <= set(names) <= ALLOWED, f"header fields {names}")
        require(set(members) == {"event", "email", "data"}, f"body {body!r}")
        require(fields.get("user-agent") == f"event/{number}", "the head of another event")
        require(members.get("event") == f"event_{number}", "a body of two events")
        if event:
            expected = event.idempotency_key
            if expected or not self.is_key_expected:
                require(arrival.idempotency_key == expected, f"Idempotency-Key {arrival.idempotency_key}")
            else:
                require(arrival.idempotency_key is not None, "no Idempotency-Key")
        self.book.arrivals.setdefault(number, []).append(arrival)
        return arrival, fields.get("authorization")

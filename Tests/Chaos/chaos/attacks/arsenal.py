"""What the attacks of table.py do, over HTTP/1.1 and below it: each function makes, for a Target, what can `run`."""

import itertools
import json
import ssl
from dataclasses import dataclass

from benchmark.exchange import PUBLIC_KEY, request

from chaos.attacks.crowd import Crowd, SecureCrowd
from chaos.attacks.floods import Clients, Flood, connections, requests

REFUSED = request(authorization=None)
LAST = "Connection: close"
HEAD = b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nUser-Agent: slow\r\n"


@dataclass
class Target:
    """The edge, and how much of everything: 1 is all."""

    port: int
    tls_port: int
    certificate: str
    scale: float

    def many(self, count):
        return max(1, int(count * self.scale))

    def clients(self):
        return Clients(self.port, self.tls_port, self.certificate)


# Clients that are slow or do nothing


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


def nothing(_):
    """Computes: what the measuring itself suffers by a busy neighbour."""
    return Flood(1, lambda _: len(json.dumps(list(range(1000)))))


def slow_handshakes(target):
    """Half of a ClientHello, which takes a place among the handshakes under way."""
    hello = client_hello()
    return Crowd(target.tls_port, target.many(5000), hello[: len(hello) // 2], b"")


def silent_handshakes(target):
    """A whole ClientHello, so that the edge has done its part, and then nothing."""
    return Crowd(target.tls_port, target.many(5000), client_hello(), b"")


def huge_hellos(target):
    """A ClientHello that says it is as large as may be: memory that is taken before it has come."""
    return Crowd(target.tls_port, target.many(5000), bytes([22, 3, 1, 0, 4, 1, 1, 64, 0]), b"")


def slow_heads(target):
    return Crowd(target.port, target.many(5000), HEAD + b"X-Slow: ", b"a")


def slow_bodies(target):
    """All of the largest body but the last 200 bytes."""
    size = 32 * 1024
    body = b'{"event":"a","email":"a@example.com","data":"' + b"a" * (size - 300)
    head = HEAD + f"Authorization: Bearer {PUBLIC_KEY}\r\nContent-Type: application/json\r\n".encode()
    first = head + f"Content-Length: {size}\r\n\r\n".encode() + body
    return Crowd(target.port, target.many(5000), first, b"a")


def slow_readers(target):
    """A thousand requests each, whose answers are not read: they gather slowly, so that answering is not the attack."""
    return Crowd(target.port, target.many(1000), REFUSED * 1000, reads=False, gathering=100)


def idle(target):
    return Crowd(target.port, target.many(10_000), REFUSED)


def idle_tls(target):
    return SecureCrowd(target.tls_port, target.many(2000), REFUSED, certificate=target.certificate)


def full(target):
    """More than there is room for."""
    return Crowd(target.port, target.many(12_000), REFUSED)


def few_descriptors(target):
    return Crowd(target.port, target.many(1000), REFUSED + HEAD)


# Floods of HTTP/1.1


def connect_and_close(target):
    return Flood(8, connections(target.clients(), with_reset=False))


def connect_and_reset(target):
    return Flood(8, connections(target.clients(), with_reset=True))


def refusals(target):
    blob = REFUSED * 999 + request(authorization=None, extra=(LAST,))
    return Flood(16, requests(target.clients(), itertools.cycle([blob]), 1000))


def last_refusals(target):
    """As many as are there at once, with their end."""
    return Flood(16, requests(target.clients(), itertools.cycle([REFUSED * 100]), 100, ends=True))


def json_bodies(size):
    """Bombs of about that many bytes."""
    head, tail = '{"event":"a","email":"a@example.com","data":', "}"
    depth = min(100_000, (size - 100) // 2)
    count = (size - 100) // 13
    yield head + "[" * depth + "]" * depth + tail
    yield head + "[" * depth
    yield head + "{" + ",".join(f'"a{index:07d}":0' for index in range(count)) + "}" + tail
    yield "{" + ",".join(f'"a{index:07d}":0' for index in range(count)) + "}"
    yield head + "{" + ",".join(['"a000000":0'] * count) + "}" + tail
    yield head + "[" + ",".join(["1e999999"] * ((size - 100) // 9)) + "]" + tail
    yield head + "1" * (size - 100) + "e999999" + tail
    yield head + '"' + "\\u0000" * ((size - 100) // 6) + '"' + tail
    yield head + "[" + ",".join(["[]"] * ((size - 100) // 3)) + "]" + tail
    yield " " * (size - 200) + head + "0" + tail


def json_bombs(target):
    """Under the limit of a body, and over it."""
    return json_flood(target, (32 * 1024, 300 * 1024), 20)


def large_json_bombs(target):
    return json_flood(target, (16 * 1024 * 1024 - 1024,), 1)


def json_flood(target, sizes, per_blob):
    """Each body several times on one connection."""
    blobs = []
    for body in itertools.chain.from_iterable(json_bodies(size) for size in sizes):
        body = body.encode()
        blobs.append(request(body=body) * (per_blob - 1) + request(body=body, extra=(LAST,)))
    return Flood(4, requests(target.clients(), itertools.cycle(blobs), per_blob))


def forwarded_for(target):
    """Ten thousand addresses, all trusted but the first, so that the walk goes to the end: to a client of its own."""
    trusted = ", 127.0.0.1" * 10_000

    def blobs():
        for index in itertools.count():
            field = f"X-Forwarded-For: 8.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}{trusted}"
            yield request(extra=(field, LAST))
            yield request(authorization=None, extra=(field, LAST))

    return Flood(8, requests(target.clients(), blobs(), 1))


def header_floods(target):
    blobs = [
        request(extra=tuple(f"X-{index}: a" for index in range(257))),
        request(extra=("X-Long: " + "a" * 81 * 1024,)),
        request(target="/v1/track?" + "a" * 81 * 1024),
        request(extra=("Cookie: " + "a=b; " * 4000,)),
    ]
    return Flood(8, requests(target.clients(), itertools.cycle(blobs), 1))


def distinct_addresses(target):
    """Each address asks once: it takes a token from a new bucket, and is then refused for its Content-Type."""

    def blobs():
        for number in itertools.count(0, 100):
            messages = []
            for index in range(number, number + 100):
                address = f"X-Forwarded-For: {8 + index // 2**24 % 100}.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}"
                extra = (address, LAST) if index == number + 99 else (address,)
                messages.append(request(extra=extra).replace(b"application/json", b"application/wrong"))
            yield b"".join(messages)

    return Flood(4, requests(target.clients(), blobs(), 100))


HOSTILE_TEXTS = [
    b'"}\\n{"v":1,"status":200}', b"\\", b'\\"', b"\\u001b[2J", b"\x80\x9b2J\xff", b"\xc2\x9b2J\xc2\x85", b"a\tb",
    b"\xe2\x80\xa8\xe2\x80\xa9", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa3" * 60, b"\xed\xa0\x80", b"\xc0\xaf", b"\x1b[2J", b"\x7f\x07",
    b"sk_CANARY0123456789", b"%0d%0a%1b[2J", b"'; DROP TABLE", b"${jndi:ldap://x}", b"a" * 2000,
]  # fmt: skip


def hostile_texts(target):
    """Whatever is logged of a request that is refused: path, host, origin, user agent."""
    blobs = []
    for text in HOSTILE_TEXTS:
        for message in (
            b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nUser-Agent: %b\r\n" % text,
            b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nOrigin: https://%b\r\n" % text,
            b"POST /v1/track HTTP/1.1\r\nHost: %b\r\n" % text,
            b"POST /%b HTTP/1.1\r\nHost: localhost\r\n" % text,
            b"%b / HTTP/1.1\r\nHost: localhost\r\n" % text,
        ):
            blobs.append(message + b"\r\n" + message + b"Connection: close\r\n\r\n")
    return Flood(4, requests(target.clients(), itertools.cycle(blobs), 2))

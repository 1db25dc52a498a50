"""Clients of the mixture that no load generator plays: probes that take times, and people who leave in the middle. Each
is a process of its own, so that neither waits for the other's Python."""

import multiprocessing
import os
import random
import signal
import socket
import time
from collections import Counter

from benchmark.exchange import BODY, PUBLIC_KEY, Connection, client_context, request

from chaos.sockets import reset_at_close

# Over connections that stay.
PROBES_PER_SECOND = 100
# Aborts and newcomers together.
PASSERS_PER_SECOND = 50
WHOLE = request(extra=("Origin: https://app.example.com",))
# As the upstream wants it, which takes nothing that the edge would have held back.
BARE = (
    f"POST /v1/track HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {PUBLIC_KEY}\r\nX-Request-ID: control\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY
# Of those who leave: what they have sent by then.
PIECES = {"half a head": WHOLE[:100], "half a body": WHOLE[:-20], "a whole request": WHOLE}
# Half of a ClientHello's record: TLS 1.2 handshake, 512 bytes.
HALF_HELLO = bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]) + bytes(100)


class Client:
    """A process that does `work(pipe, a port, a port of TLS or None, what trusts its certificate)` until it is asked to
    end. The pipe takes "collect" and "end", and gives for each what has come together since."""

    def __init__(self, work, certificate, port, tls_port=None):
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        arguments = (work, theirs, port, tls_port, str(certificate.certificate))
        self._process = context.Process(target=run, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def collect(self, word="collect", seconds=20):
        self._pipe.send(word)
        if not self._pipe.poll(seconds):
            raise TimeoutError("a client of the soak does not answer")
        try:
            return self._pipe.recv()
        except EOFError as error:
            raise OSError("a client of the soak has ended: it could not connect") from error

    def end(self):
        """What has come together since the last time; the process ends."""
        collected = self.collect("end")
        self._process.join(5)
        return collected

    def kill(self):
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def run(work, pipe, port, tls_port, certificate):
    # Both are for the one who started it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        work(pipe, port, tls_port, client_context(certificate))
    except (BrokenPipeError, EOFError):
        pass


def probe(pipe, port, tls_port, context):
    """Takes the time of events, in clear text and over TLS by turns."""
    take_times(pipe, "probe", WHOLE, [(port, None), (tls_port, context)])


def control(pipe, port, _, __):
    """Takes the time of what the edge would send, from the upstream itself."""
    take_times(pipe, "control", BARE, [(port, None)])


def take_times(pipe, name, message, places):
    """One request at a time. Gives microseconds, and what went wrong in words."""
    try:
        # It is to time who answers, and not how long it waits for its core behind the load.
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except PermissionError:
        pass
    connections = [Connection(*place) for place in places]
    times, wrong = [], []
    turn, due = 0, time.monotonic()
    while True:
        due = max(due + 1 / PROBES_PER_SECOND, time.monotonic())
        if pipe.poll(due - time.monotonic()):
            word = pipe.recv()
            pipe.send((times, wrong))
            if word == "end":
                return
            times, wrong = [], []
            continue
        turn = (turn + 1) % len(places)
        began = time.perf_counter()
        try:
            status, _, body = connections[turn].send(message)
            times.append((time.perf_counter() - began) * 1e6)
            if status != 200 or not body.startswith(b'{"success":true'):
                wrong.append(f"{name}: {status} {body[:200]!r}")
        except OSError as error:
            wrong.append(f"{name}: {error}")
            connections[turn].close()
            connections[turn] = Connection(*places[turn])


def passers(pipe, port, tls_port, context):
    """Half of them leave in the middle, half come over TLS with a handshake of their own, ask once and go. Gives how
    many there were of each kind, and what went wrong in words."""
    counts, wrong = Counter(), []
    chance = random.Random(7)
    due = time.monotonic()
    while True:
        due = max(due + chance.expovariate(PASSERS_PER_SECOND), time.monotonic() - 1)
        if pipe.poll(max(0, due - time.monotonic())):
            word = pipe.recv()
            pipe.send((counts, wrong))
            if word == "end":
                return
            counts, wrong = Counter(), []
            continue
        try:
            kind = chance.choice([*PIECES, "half a handshake"]) if chance.random() < 0.5 else "newcomer"
            if kind == "newcomer":
                arrive(tls_port, context)
            elif kind == "half a handshake":
                leave(tls_port, HALF_HELLO, False)
            else:
                counts["valid"] += leave(port, PIECES[kind], chance.random() < 0.5)
            counts[kind] += 1
        except OSError as error:
            wrong.append(f"{kind}: {error}")


def arrive(port, context):
    with Connection(port, context) as connection:
        answer(connection)


def leave(port, piece, abruptly):
    """Sends what there is and goes, with FIN, or with RST where a request before it has had its answer: the edge takes
    no request of who has reset the connection before it was accepted. How many were answered."""
    if not abruptly:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(piece)
        return 0
    with Connection(port) as connection:
        answer(connection)
        with connection.detach() as bare:
            bare.sendall(piece)
            reset_at_close(bare)
    return 1


def answer(connection):
    status, _, body = connection.send(WHOLE)
    if status != 200:
        raise OSError(f"{status} {body[:200]!r}")

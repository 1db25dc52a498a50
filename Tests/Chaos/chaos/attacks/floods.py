"""Few clients that do much: each sends what it has as fast as it is taken, and comes again when it is thrown out."""

import socket
import ssl
import threading
import time

from benchmark.exchange import client_context

from chaos.attacks.crowd import addresses
from chaos.sockets import client_socket, reset_at_close


class Flood:
    """`clients` threads that call `attack(ended)`, with an event that says when to stop, again and again until the time is
    over. It returns what it has offered: units of whatever the attack is made of, of which the edge may have read less
    before it ended the connection."""

    def __init__(self, clients, attack):
        self.clients, self.attack = clients, attack
        self.counts, self.ended = [0] * clients, threading.Event()
        self.failures = 0

    def _run(self, index):
        while not self.ended.is_set():
            try:
                self.counts[index] += self.attack(self.ended)
            except (OSError, ssl.SSLError):
                self.failures += 1
                time.sleep(0.001)

    def run(self, seconds, ready):
        threads = [threading.Thread(target=self._run, args=(index,), daemon=True) for index in range(self.clients)]
        for thread in threads:
            thread.start()
        ready()
        time.sleep(seconds)
        self.ended.set()
        for thread in threads:
            thread.join(3)
        return {"offered": sum(self.counts), "a second": round(sum(self.counts) / seconds), "failed": self.failures}


class Clients:
    """Connections of floods, each from the next address."""

    def __init__(self, port, tls_port, certificate):
        self.port, self.tls_port = port, tls_port
        self._sources, self._lock = addresses(), threading.Lock()
        self.context = client_context(certificate, "h2")

    def source(self):
        with self._lock:
            return next(self._sources)

    def plain(self, port=None):
        client = client_socket()
        client.settimeout(2)
        try:
            client.bind((self.source(), 0))
            client.connect(("127.0.0.1", port or self.port))
        except OSError:
            client.close()
            raise
        return client

    def http2(self):
        client = self.plain(self.tls_port)
        try:
            return self.context.wrap_socket(client, server_hostname="localhost")
        except OSError:
            client.close()
            raise


def connections(clients, with_reset):
    """Connects and closes, in clear text and to the port of TLS by turns."""
    turn = [0]

    def attack(_):
        turn[0] += 1
        client = clients.plain(clients.tls_port if turn[0] % 2 else clients.port)
        if with_reset:
            reset_at_close(client)
        client.close()
        return 1

    return attack


def requests(clients, blobs, per_blob, ends=False):
    """HTTP/1.1: each connection sends one blob of requests, whose last is the connection's last, or behind which the client
    says that it `ends`, and reads to the end."""
    lock = threading.Lock()

    def attack(ended):
        with lock:
            blob = next(blobs)
        with clients.plain() as client:
            try:
                client.sendall(blob)
                if ends:
                    client.shutdown(socket.SHUT_WR)
                while not ended.is_set() and client.recv(1 << 18):
                    pass
            except OSError:
                # Thrown out while it was still sending.
                pass
        return per_blob

    return attack


def frames_of(clients, blob, count, greeting, record=None):
    """HTTP/2 over TLS: a connection sends its blob of frames at once, reads until it is closed or nothing comes, and goes.
    `blob` holds `count` of what the flood is made of; `record` is how many bytes of it are a record of TLS, if that is
    less than 16 KiB."""

    def attack(ended):
        with clients.http2() as client:
            client.sendall(greeting)
            try:
                for start in range(0, len(blob), record or len(blob)):
                    client.sendall(blob[start : start + (record or len(blob))])
                client.settimeout(1)
                while not ended.is_set() and client.recv(1 << 16):
                    pass
            except OSError:
                pass
        return count

    return attack

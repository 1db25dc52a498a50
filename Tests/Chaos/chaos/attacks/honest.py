"""Honest clients: a small, steady number of requests, each answer checked and timed.

A program of its own, so that nothing else in Python stands between an answer and the clock:
`python3 -B -m chaos.attacks.honest PORT TLS_PORT CERTIFICATE`. It goes on until its standard input ends, then writes one
line of JSON for each request. Who is measured is described in README.md.
"""

import json
import ssl
import sys
import threading
import time

from benchmark.exchange import BODY, PUBLIC_KEY, Connection, client_context, request

from chaos.attacks import frames

# Seconds between two requests of each client.
INTERVAL = 0.06
PATIENCE = 10
FORWARDED, REFUSED = request(), request(authorization=None)
HTTP2_FIELDS = [
    (":method", "POST"), (":scheme", "https"), (":path", "/v1/track"), (":authority", "localhost"),
    ("content-type", "application/json"), ("content-length", str(len(BODY))), ("user-agent", "honest"),
]  # fmt: skip
AUTHORIZATION = ("authorization", f"Bearer {PUBLIC_KEY}")


class HTTP1Client:
    def __init__(self, port, source, tls):
        self.connection = Connection(port, tls, PATIENCE, source)

    def ask(self, is_refused):
        """Status, whether there is a request id, body."""
        status, fields, body = self.connection.send(REFUSED if is_refused else FORWARDED)
        return status, "x-request-id" in fields, body

    def close(self):
        self.connection.close()


class HTTP2Client:
    def __init__(self, port, source, tls):
        self.connection = Connection(port, tls, PATIENCE, source)
        self.socket = self.connection.socket
        self.received, self.stream = b"", -1
        self.socket.sendall(frames.PREFACE + frames.settings() + frames.window_update(0, 1 << 30))

    def ask(self, is_refused):
        self.stream += 2
        fields = HTTP2_FIELDS if is_refused else [*HTTP2_FIELDS, AUTHORIZATION]
        body = frames.frame(frames.DATA, frames.END_STREAM, self.stream, BODY)
        self.socket.sendall(frames.headers(self.stream, fields, end_stream=False) + body)
        status, answer = 0, b""
        while True:
            for kind, flags, stream, payload in self._frames():
                if kind == frames.SETTINGS and not flags & frames.ACK:
                    self.socket.sendall(frames.frame(frames.SETTINGS, frames.ACK))
                elif kind == frames.PING and not flags & frames.ACK:
                    self.socket.sendall(frames.frame(frames.PING, frames.ACK, 0, payload))
                elif stream == self.stream and kind == frames.HEADERS:
                    # Of others than 200 the body says the status.
                    status = 200 if payload[0] == frames.STATUS_200 else 0
                elif stream == self.stream and kind == frames.DATA:
                    answer += payload
                elif kind == frames.GOAWAY or (stream == self.stream and kind == frames.RST_STREAM):
                    raise ConnectionResetError("GOAWAY or RST_STREAM")
                if stream == self.stream and kind in (frames.DATA, frames.HEADERS) and flags & frames.END_STREAM:
                    if status == 0:
                        status = json.loads(answer)["error"]["statusCode"]
                    # The request id is HPACK's, and in a table that this client does not keep.
                    return status, True, answer

    def _frames(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("closed before the whole answer")
        found, self.received = frames.split(self.received + data)
        return found

    def close(self):
        self.connection.close()


def judge(is_refused, status, has_id, body):
    """Empty if the answer is right; what is wrong, or how the client was turned away."""
    if status == 503 and b'"EXTERNAL_SERVICE_ERROR"' in body:
        return "unserved: 503"
    expected, word = (401, b'"MISSING_AUTH"') if is_refused else (200, b'"success":true')
    if status == expected and word in body and has_id:
        return ""
    return f"wrong: {status} {body[:200]!r}"


class HonestClient(threading.Thread):
    """One kind of client: on a connection that it keeps, or on a new one each time."""

    def __init__(self, name, make, is_kept, phase, ended):
        super().__init__(daemon=True)
        self.kind, self.make, self.is_kept, self.phase, self.ended = name, make, is_kept, phase, ended
        self.client, self.samples, self.count = None, [], 0

    def run(self):
        due = time.monotonic() + self.phase
        while not self.ended.wait(max(0, due - time.monotonic())):
            began = time.monotonic()
            verdict = self.ask()
            now = time.monotonic()
            self.samples.append((began, now - began, verdict))
            due += INTERVAL
            # Requests that waited for this one count as well: they would have come meanwhile, and found the same.
            while due < now:
                self.samples.append((due, now - due, verdict))
                due += INTERVAL

    def ask(self):
        self.count += 1
        is_refused = self.count % 4 == 0
        try:
            if not self.client:
                self.client = self.make()
            verdict = judge(is_refused, *self.client.ask(is_refused))
        except (OSError, ssl.SSLError, ValueError, KeyError) as error:
            verdict = f"unserved: {type(error).__name__}: {error}"
        if self.client and (verdict or not self.is_kept):
            self.client.close()
            self.client = None
        return verdict


def main():
    port, tls_port, certificate = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    sys.setswitchinterval(0.0002)
    kinds = [
        ("HTTP/1.1", HTTP1Client, port, None), ("TLS", HTTP1Client, tls_port, client_context(certificate)),
        ("HTTP/2", HTTP2Client, tls_port, client_context(certificate, "h2")),
    ]  # fmt: skip
    ended, clients = threading.Event(), []
    for name, kind, target, tls in kinds:
        for is_kept in (True, False):
            source = f"127.9.0.{len(clients) + 1}"
            make = lambda kind=kind, target=target, source=source, tls=tls: kind(target, source, tls)  # noqa: E731
            title = f"{name} {'kept' if is_kept else 'new'}"
            # Evenly spread, so that they do not wait for each other.
            clients.append(HonestClient(title, make, is_kept, len(clients) * INTERVAL / 6, ended))
    for client in clients:
        client.start()
    sys.stdin.read()
    ended.set()
    for client in clients:
        client.join(PATIENCE + 1)
        for began, seconds, verdict in list(client.samples):
            print(json.dumps([client.kind, began, seconds, verdict]))


if __name__ == "__main__":
    main()

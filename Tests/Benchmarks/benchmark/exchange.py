"""Single HTTP/1.1 exchanges, for readiness, the check of the rules, idle connections, and counting instructions."""

import socket
import ssl

PUBLIC_KEY = "pk_" + "0123456789abcdef" * 4
# As load.lua sends it.
BODY = b'{"event":"page_viewed","email":"ada@example.com","subscribed":true,"data":{"path":"/pricing/all"}}'
FIELDS = [
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: */*",
    "Accept-Language: en-US,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br",
    "Content-Type: application/json",
    "Cookie: theme=dark; session=3f1e0c8ab2",
]


def request(method="POST", target="/v1/track", authorization=f"Bearer {PUBLIC_KEY}", body=BODY, extra=()):
    """The bytes of a request with nine header fields, as a browser sends it, and those of `extra`."""
    fields = [
        "Host: 127.0.0.1",
        *FIELDS,
        f"Content-Length: {len(body)}",
        *([] if authorization is None else [f"Authorization: {authorization}"]),
        *extra,
    ]
    return "\r\n".join([f"{method} {target} HTTP/1.1", *fields, "", ""]).encode() + body


class Connection:
    """One keep-alive connection, one request at a time; over TLS where there is a context for it."""

    def __init__(self, port, tls=None, timeout=10, source=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, source and (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        if tls:
            try:
                self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
            except OSError:
                self.socket.close()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def detach(self):
        """The bare socket: what TLS needs at this end goes, and the server is told nothing."""
        return socket.socket(fileno=self.socket.detach())

    def session(self):
        """Version and cipher."""
        return self.socket.version(), self.socket.cipher()[0]

    def send(self, message):
        """Status, header fields by lower-case name, body."""
        self.socket.sendall(message)
        head, self._received = self._take_until(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return int(lines[0].split()[1]), fields, self._body(fields)

    def _body(self, fields):
        if "content-length" in fields:
            return self._take(int(fields["content-length"]))
        if fields.get("transfer-encoding", "").lower() != "chunked":
            return b""
        body = b""
        while True:
            size, self._received = self._take_until(b"\r\n")
            chunk = self._take(int(size, 16))
            self._take(2)
            if not chunk:
                return body
            body += chunk

    def _take_until(self, mark):
        while mark not in self._received:
            self._receive()
        taken, _, rest = self._received.partition(mark)
        return taken, rest

    def _take(self, count):
        while len(self._received) < count:
            self._receive()
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("closed before the whole answer")
        self._received += data


def exchange(port, message, tls=None):
    with Connection(port, tls) as connection:
        return connection.send(message)


def client_context(certificate, *protocols):
    """A client's TLS that trusts this certificate only, and offers these protocols."""
    context = ssl.create_default_context(cafile=certificate)
    if protocols:
        context.set_alpn_protocols(protocols)
    return context

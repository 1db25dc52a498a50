"""What every measured proxy must do, tried once before anything is measured: nobody is fast by doing less."""

import json
import os
import re
import subprocess
import time

from benchmark.exchange import BODY, FIELDS, PUBLIC_KEY, Connection, client_context, exchange, request
from benchmark.servers import CIPHER, program

# The upstream answers 400 to a cookie, a query or a missing X-Request-ID.
CASES = [
    ("a valid request", request(), 200, b'"success":true'),
    ("a query", request(target="/v1/track?a=b"), 200, b'"success":true'),
    ("no key", request(authorization=None), 401, b'"MISSING_AUTH"'),
    ("no Bearer", request(authorization="Basic cGs6"), 401, b'"MISSING_AUTH"'),
    ("another prefix", request(authorization="Bearer tk_1"), 401, b'"INVALID_API_KEY"'),
    ("a secret key", request(authorization="Bearer sk_1"), 401, b'"INVALID_API_KEY"'),
    ("a bad character", request(authorization="Bearer pk_a;b"), 401, b'"INVALID_API_KEY"'),
    ("another path", request(target="/v1/send"), 401, b'"INVALID_API_KEY"'),
    ("a trailing slash", request(target="/v1/track/"), 401, b'"INVALID_API_KEY"'),
    ("another method", request(method="PUT"), 401, b'"INVALID_API_KEY"'),
]
# Caddy reads a body while it forwards it and reports a failed upstream.
TOO_LARGE = request(body=BODY[:-2] + b" " * 33 * 1024 + b"}}")
TOO_LARGE_STATUSES = {413, 502}
HTTP2_CASES = [
    ("a valid request", [f"Authorization: Bearer {PUBLIC_KEY}"], 200, '"success":true'),
    ("no key", [], 401, '"MISSING_AUTH"'),
    ("another prefix", ["Authorization: Bearer tk_1"], 401, '"INVALID_API_KEY"'),
]


def check(server, certificate):
    """In clear text and over TLS."""
    context = client_context(certificate.certificate)
    check_cases(server, server.port, None)
    check_cases(server, server.tls_port, context)
    with Connection(server.tls_port, context) as connection:
        # A connection without a request would be a line of another kind in HAProxy's log.
        connection.send(request())
        session = connection.session()
        if session != ("TLSv1.3", CIPHER):
            raise SystemExit(f"{server.name} speaks {' '.join(session)}")


def check_cases(server, port, tls):
    for name, message, expected, text in CASES:
        status, fields, body = exchange(port, message, tls)
        if status != expected or text not in body:
            raise SystemExit(f"{server.name} answers {name} with {status} {body[:300]!r}, not {expected} {text!r}")
        if status == 401:
            envelope = json.loads(body)
            if envelope["success"] is not False or envelope["error"]["statusCode"] != 401:
                raise SystemExit(f"{server.name} answers {name} without Plunk's envelope: {body!r}")
        if status in (200, 401) and "x-request-id" not in fields:
            raise SystemExit(f"{server.name} answers {name} without X-Request-ID")
    status, _, _ = exchange(port, TOO_LARGE, tls)
    if status not in TOO_LARGE_STATUSES:
        raise SystemExit(f"{server.name} answers a body of 33 KiB with {status}")


def check_http2(server, folder):
    """What the workloads over HTTP/2 ask, and that it is HTTP/2 that is spoken. `folder` is for the body's file."""
    path = folder / "body.json"
    path.write_bytes(BODY)
    for name, extra, expected, text in HTTP2_CASES:
        command = [
            program("nghttp"), "--verbose", "--no-verify-peer", "--timeout=10", f"--data={path}", "-H:method: POST",
            *(f"-H{field}" for field in [*FIELDS, *extra]), f"https://127.0.0.1:{server.tls_port}/v1/track",
        ]  # fmt: skip
        finished = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        shown = finished.stdout + finished.stderr
        if "The negotiated protocol: h2" not in shown:
            raise SystemExit(f"{server.name} does not speak HTTP/2: leave it or http2 out\n{shown}")
        status = re.search(r"recv \(stream_id=\d+\) :status: (\d+)", shown)
        if not status or int(status[1]) != expected or text not in shown:
            raise SystemExit(f"{server.name} over HTTP/2: {name} should have got {expected} {text!r}:\n{shown}")
        if not re.search(r"recv \(stream_id=\d+\) x-request-id: .", shown):
            raise SystemExit(f"{server.name} over HTTP/2 answers {name} without X-Request-ID")


def check_access_log(server, requests, status=None):
    """Every request has its line, with `status` where one is given, and each line is a JSON object. Waits for what is
    buffered."""
    deadline = time.monotonic() + 5
    while True:
        lines = written(server.access_log).splitlines()
        if status:
            lines = [line for line in lines if b'"status":%d' % status in line]
        if len(lines) >= requests:
            break
        if time.monotonic() > deadline:
            kind = f" with status {status}" if status else ""
            raise SystemExit(f"{server.name} logged {len(lines)} of {requests} requests{kind}")
        time.sleep(0.1)
    for line in lines[:1000]:
        if not isinstance(json.loads(line), dict):
            raise SystemExit(f"{server.name} logged {line!r}")


def written(path):
    """What was written since the file was emptied. Caddy goes on where it was, which leaves a hole."""
    with open(path, "rb") as file:
        try:
            file.seek(0, os.SEEK_DATA)
        except OSError:
            # Nothing yet.
            return b""
        return file.read().lstrip(b"\0")

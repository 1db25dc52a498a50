"""What every measured proxy must do, tried once before anything is measured: nobody is fast by doing less."""

import json
import time

from benchmark.exchange import BODY, exchange, request

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


def check(server):
    for name, message, expected, text in CASES:
        status, fields, body = exchange(server.port, message)
        if status != expected or text not in body:
            raise SystemExit(f"{server.name} answers {name} with {status} {body[:300]!r}, not {expected} {text!r}")
        if status == 401:
            envelope = json.loads(body)
            if envelope["success"] is not False or envelope["error"]["statusCode"] != 401:
                raise SystemExit(f"{server.name} answers {name} without Plunk's envelope: {body!r}")
        if status in (200, 401) and "x-request-id" not in fields:
            raise SystemExit(f"{server.name} answers {name} without X-Request-ID")
    status, _, _ = exchange(server.port, TOO_LARGE)
    if status not in TOO_LARGE_STATUSES:
        raise SystemExit(f"{server.name} answers a body of 33 KiB with {status}")


def check_access_log(server, requests):
    """Every request has its line, and each line is a JSON object. Waits for what is buffered."""
    deadline = time.monotonic() + 5
    while True:
        lines = server.access_log.read_bytes().splitlines()
        if len(lines) >= requests:
            break
        if time.monotonic() > deadline:
            raise SystemExit(f"{server.name} logged {len(lines)} of {requests} requests")
        time.sleep(0.1)
    for line in lines[:1000]:
        if not isinstance(json.loads(line), dict):
            raise SystemExit(f"{server.name} logged {line!r}")

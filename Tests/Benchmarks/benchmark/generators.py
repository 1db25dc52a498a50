"""The load generators. They run on this program's core, and each checks that it got what it should."""

import json
import re
import subprocess
import time
from dataclasses import dataclass

from benchmark.exchange import BODY, FIELDS, PUBLIC_KEY
from benchmark.servers import CIPHER, FOLDER, program

STATUSES = {"forwarded": 200, "refused": 401}


class Failure(Exception):
    """Not every answer was right, or the generator failed."""


@dataclass(frozen=True)
class Load:
    """What was asked and answered. Latencies in microseconds."""

    requests: int
    seconds: float
    p50: float | None = None
    p99: float | None = None


def run(command, seconds):
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    except subprocess.TimeoutExpired as expired:
        raise Failure(f"{command[0]} does not end") from expired
    if finished.returncode != 0:
        raise Failure(f"{command[0]} failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout


def wrk(server, kind, connections, pause, seconds, tls):
    """HTTP/1.1 over connections that stay."""
    address = f"https://127.0.0.1:{server.tls_port}" if tls else f"http://127.0.0.1:{server.port}"
    command = [
        program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "-s", str(FOLDER / "load.lua"),
        address, "--", kind, str(pause),
    ]  # fmt: skip
    shown = run(command, seconds)
    report = shown.strip().rpartition("\n")[2]
    if not report.startswith("{"):
        raise Failure(f"wrk says:\n{shown}")
    result = json.loads(report)
    failures = {name: result[name] for name in ("wrong", "connect", "read", "write", "timeout") if result[name]}
    if failures or result["answers"] == 0 or result["answers"] < result["requests"]:
        raise Failure(f"not every answer was right: {result}")
    return Load(result["requests"], result["microseconds"] / 1e6, result["p50"], result["p99"])


def h2load(server, kind, connections, streams, seconds, folder):
    """HTTP/2. Streams that the end of the time cuts off do not count; there are `connections` times `streams` at
    most."""
    body, log = folder / "body.json", folder / "h2load.log"
    body.write_bytes(BODY)
    log.unlink(missing_ok=True)
    fields = [*FIELDS, *([f"Authorization: Bearer {PUBLIC_KEY}"] if kind == "forwarded" else [])]
    command = [
        program("h2load"), f"-c{connections}", f"-m{streams}", f"-D{seconds}", "-d", str(body), f"--log-file={log}",
        *(f"-H{field}" for field in fields), f"https://127.0.0.1:{server.tls_port}/v1/track",
    ]  # fmt: skip
    shown = run(command, seconds)
    for name, expected in (
        ("TLS Protocol", "TLSv1.3"),
        ("Cipher", CIPHER),
        ("Server Temp Key", "X25519"),
        ("Application protocol", "h2"),
    ):
        if not re.search(rf"^{name}: {expected}\b", shown, re.MULTILINE):
            raise Failure(f"{name} is not {expected}:\n{shown}")
    counts = {name: int(count) for count, name in re.findall(r"(\d+) (done|errored|timeout|[2-5]xx)\b", shown)}
    expected = STATUSES[kind]
    answers = counts["done"]
    # An answer that the end cuts off has its status counted, too.
    wrong = sum(counts[f"{number}xx"] for number in (2, 3, 4, 5) if number != expected // 100)
    if answers == 0 or counts["errored"] or counts["timeout"] or wrong:
        raise Failure(f"not every answer was right:\n{shown}")
    # Per request: start, status, microseconds.
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    if len(lines) != answers or any(int(status) != expected for _, status, _ in lines):
        raise Failure(f"not every answer was {expected}")
    times = sorted(int(microseconds) for _, _, microseconds in lines)
    return Load(answers, seconds, times[answers // 2], times[answers * 99 // 100])


def handshakes(server, processes, seconds):
    """New connections, one request without a key on each. wrk and h2load would resume the sessions they have; openssl
    says of each connection whether it is new (`*`) or resumed (`r`)."""
    command = [
        program("openssl"), "s_time", "-connect", f"127.0.0.1:{server.tls_port}", "-new", "-tls1_3",
        "-www", "/v1/track", "-time", str(seconds),
    ]  # fmt: skip
    began = time.monotonic()
    running = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    try:
        reports = [process.communicate(timeout=seconds + 30) for process in running]
    except subprocess.TimeoutExpired as expired:
        raise Failure("openssl s_time does not end") from expired
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
    took = time.monotonic() - began
    connections = 0
    for process, (shown, errors) in zip(running, reports):
        counted = re.search(r"(\d+) connections in \d+ real seconds", shown)
        marks = "".join(re.findall(r"^[*r]+", shown, re.MULTILINE))
        if process.returncode != 0 or not counted or marks != "*" * int(counted[1]):
            raise Failure(f"openssl s_time failed, or resumed sessions:\n{shown[-2000:]}{errors[-2000:]}")
        connections += len(marks)
    return Load(connections, took)

"""Workloads: what was answered, how fast, and what it cost the server."""

from dataclasses import dataclass

from benchmark import generators, rules

GROUPS = ["plain", "tls", "http2", "handshakes", "idle"]
# HTTP/2: so many connections, each with so many streams under way.
STREAMS = 100
OVER = {"plain": "", "tls": " over TLS", "http2": " over HTTP/2"}


@dataclass(frozen=True)
class Workload:
    """`kind` is what is asked for; `pause` the mean milliseconds that a connection waits before each request, which
    offers every proxy about the same rate."""

    group: str
    kind: str
    connections: int
    pause: int = 0

    def __str__(self):
        if self.group == "handshakes":
            return "full handshakes"
        what = self.kind + OVER[self.group]
        if self.pause:
            return f"{what}, {self.connections * 1000 // self.pause:,} a second offered"
        streams = f" of {STREAMS} streams" if self.group == "http2" else ""
        return f"{what}, {self.connections} connection{'s' if self.connections > 1 else ''}{streams}"


WORKLOADS = [
    *(Workload("plain", "forwarded", connections) for connections in (1, 64, 256)),
    Workload("plain", "forwarded", 60, pause=6),
    *(Workload("plain", "refused", connections) for connections in (1, 64, 256)),
    *(Workload("tls", "forwarded", connections) for connections in (1, 64, 256)),
    Workload("tls", "refused", 64),
    Workload("http2", "forwarded", 4),
    Workload("http2", "refused", 4),
    Workload("handshakes", "refused", 8),
]


@dataclass(frozen=True)
class Sample:
    """One run of one workload. Times in microseconds; `system` is the kernel's part of `cpu`, both per request, or per
    handshake with the request that follows it. Handshakes have no latency."""

    requests: int
    per_second: float
    cpu: float
    system: float
    p50: float | None
    p99: float | None


def measure(server, workload, seconds, folder):
    """Drives `server` for so long. Ends the program where any answer was wrong or missing. `folder` is for files."""
    user_before, system_before = server.process.cpu_seconds()
    try:
        if workload.group == "http2":
            load = generators.h2load(server, workload.kind, workload.connections, STREAMS, seconds, folder)
        elif workload.group == "handshakes":
            load = generators.handshakes(server, workload.connections, seconds)
        else:
            tls = workload.group == "tls"
            load = generators.wrk(server, workload.kind, workload.connections, workload.pause, seconds, tls)
    except generators.Failure as failure:
        raise SystemExit(f"{server.name}, {workload}: {failure}") from failure
    user, system = server.process.cpu_seconds()
    if workload.group == "handshakes":
        # The generator looks at no answer.
        rules.check_access_log(server, load.requests, status=401)
    return Sample(
        requests=load.requests,
        per_second=load.requests / load.seconds,
        cpu=(user - user_before + system - system_before) * 1e6 / load.requests,
        system=(system - system_before) * 1e6 / load.requests,
        p50=load.p50,
        p99=load.p99,
    )

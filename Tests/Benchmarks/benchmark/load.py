"""wrk against one server: what was answered, how fast, and what it cost the server."""

import json
import os
import subprocess
from dataclasses import dataclass

from benchmark.servers import FOLDER, program


@dataclass(frozen=True)
class Workload:
    """`kind` and `pause` are load.lua's arguments: the latter the mean milliseconds that a connection waits before each
    request, which offers every proxy about the same rate."""

    kind: str
    connections: int
    pause: int = 0

    def __str__(self):
        if self.pause:
            return f"{self.kind}, {self.connections * 1000 // self.pause:,} a second offered"
        return f"{self.kind}, {self.connections} connection{'s' if self.connections > 1 else ''}"


WORKLOADS = [
    *(Workload("forwarded", connections) for connections in (1, 64, 256)),
    Workload("forwarded", 60, pause=6),
    *(Workload("refused", connections) for connections in (1, 64, 256)),
]


@dataclass(frozen=True)
class Sample:
    """One run of one workload. Times in microseconds; `system` is the kernel's part of `cpu`, both per request."""

    requests: int
    per_second: float
    cpu: float
    system: float
    p50: float
    p99: float


def measure(server, workload, seconds):
    """Drives `server` for so long. Ends the program where any answer was wrong or missing."""
    command = [
        "taskset", "-c", str(min(os.sched_getaffinity(0))),
        program("wrk"), "-t1", f"-c{workload.connections}", f"-d{seconds}s", "--timeout", "5s",
        "-s", str(FOLDER / "load.lua"), f"http://127.0.0.1:{server.port}", "--", workload.kind, str(workload.pause),
    ]  # fmt: skip
    user_before, system_before = server.process.cpu_seconds()
    finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    user, system = server.process.cpu_seconds()
    report = finished.stdout.strip().rpartition("\n")[2]
    if finished.returncode != 0 or not report.startswith("{"):
        raise SystemExit(f"wrk failed on {server.name}, {workload}:\n{finished.stdout}{finished.stderr}")
    result = json.loads(report)
    failures = {name: result[name] for name in ("wrong", "connect", "read", "write", "timeout") if result[name]}
    if failures or result["answers"] == 0 or result["answers"] < result["requests"]:
        raise SystemExit(f"{server.name}, {workload}: not every answer was right: {result}")
    return Sample(
        requests=result["requests"],
        per_second=result["requests"] * 1e6 / result["microseconds"],
        cpu=(user - user_before + system - system_before) * 1e6 / result["requests"],
        system=(system - system_before) * 1e6 / result["requests"],
        p50=result["p50"],
        p99=result["p99"],
    )

"""The course of a soak: capacity first, then the mixture at a share of it, watched."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from benchmark.processes import MEBIBYTE, TICKS_PER_SECOND

from chaos.edge import DROPPED
from chaos.soak import generators
from chaos.soak.clients import Client, control, passers, probe
from chaos.soak.judge import Rest, Sample

SHARE_OF_CAPACITY = 0.7
# Requests per second that are tried one after the other, until the edge no longer keeps up: each for so many seconds that
# a log is rotated and compressed meanwhile.
LADDER = [8_000 * 1.25**step for step in range(12)]
STEP_SECONDS = 15
# How long it is watched what a request costs at the share of that.
COST_SECONDS = 60
KEEPING_UP = 0.95
INTERVAL = 10
RELOAD_INTERVAL = 60
REST_SECONDS = 60
# Metrics that are not above zero once nobody is connected.
GAUGES = ("plunk_edge_connections{", "plunk_edge_upstream_connections{", "plunk_edge_access_log_waiting_bytes")


@dataclass
class Course:
    """What was seen. `seconds` is how long the mixture ran, `early` whether that is less than was asked for."""

    # The most requests per second that were served in a step, and what a whole core has room for at what each costs where
    # they come more slowly, and fewer share a system call: at least as much.
    most: float = 0
    capacity: float = 0
    rate: float = 0
    # Share of the time that load and upstream kept their core busy.
    load_core: float = 0
    seconds: float = 0
    early: bool = False
    samples: list = field(default_factory=list)
    before: Rest | None = None
    after: Rest | None = None
    reloads: int = 0
    # What the edge counted over the mixture, by metric, and what its clients did, by kind.
    metrics: Counter = field(default_factory=Counter)
    answered: Counter = field(default_factory=Counter)
    # Each a sentence.
    wrong: list = field(default_factory=list)


def busy_seconds(core):
    """Time that a core has worked at usual priority (proc(5), user and system of /proc/stat)."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *values = line.split()
        if name == f"cpu{core}":
            user, _, system, _, _, hard, soft = map(int, values[:7])
            return (user + system + hard + soft) / TICKS_PER_SECOND
    raise OSError(f"/proc/stat has no core {core}")


def ended(metrics):
    """Requests that have ended."""
    return sum(value for name, value in metrics.items() if name.startswith("plunk_edge_requests_total{"))


def tend(running):
    """Whether one of them still runs; each has to be asked."""
    return any([generator.tend() for generator in running])


def finish(running):
    for generator in running:
        generator.cut_off()


def measure_capacity(edge, certificate, course, core, folder, stopped):
    """How many requests per second of the mixture the edge's core has room for."""
    # Their handshakes cost most of all.
    client = Client(passers, certificate, edge.port, edge.tls_port)
    try:
        for step, rate in enumerate(LADDER):
            served, _ = serve(edge, rate, STEP_SECONDS, core, folder / f"step-{step}", stopped)
            course.most = max(course.most, served)
            if served < KEEPING_UP * rate or stopped():
                break
        served, cores = serve(edge, SHARE_OF_CAPACITY * course.most, COST_SECONDS, core, folder / "cost", stopped)
        course.capacity = min(course.most, served / max(0.01, cores))
        course.wrong += client.end()[1]
    finally:
        client.kill()


def serve(edge, rate, seconds, core, folder, stopped):
    """Offers so much for so long: how many a second were served, and how many cores the edge had in use."""
    running = generators.start(edge, rate, seconds + 1, core, folder)
    try:
        tend(running)
        time.sleep(0.7)
        before, cpu, began = ended(edge.metrics()), edge.cpu_seconds(), time.monotonic()
        while time.monotonic() < began + seconds and not stopped():
            tend(running)
            time.sleep(0.05)
        took = time.monotonic() - began
        return (ended(edge.metrics()) - before) / took, (edge.cpu_seconds() - cpu) / took
    finally:
        finish(running)


def wait_for_rest(edge):
    """Returns when nobody is connected, upstream connections have gone, and nothing changes any more."""
    deadline = time.monotonic() + REST_SECONDS
    seen = []
    while True:
        seen.append((edge.descriptors(), edge.threads()))
        busy = sum(value for name, value in edge.metrics().items() if name.startswith(GAUGES))
        if busy == 0 and len(seen) >= 5 and len(set(seen[-5:])) == 1 or time.monotonic() > deadline:
            return Rest(edge.resident_bytes(), *seen[-1])
        if busy:
            seen.clear()
        time.sleep(0.4)


def percentile(times, number):
    return quantiles(times, n=100)[number - 1] if len(times) > 1 else 0


class Watch:
    """Takes samples."""

    def __init__(self, edge, probe, control, course):
        self._edge, self._probe, self._control, self._course = edge, probe, control, course
        self._requests, self._cpu = ended(edge.metrics()), edge.cpu_seconds()
        self._began = self._last = time.monotonic()

    def sample(self):
        edge = self._edge
        # Before the questions on the admin listener, which have descriptors of their own.
        resident, descriptors, threads = edge.resident_bytes(), edge.descriptors(), edge.threads()
        times, wrong = self._probe.collect()
        self._course.wrong += wrong
        control, wrong = self._control.collect()
        self._course.wrong += wrong
        metrics, cpu, now = edge.metrics(), edge.cpu_seconds(), time.monotonic()
        requests, passed = ended(metrics), now - self._last
        self._course.answered["valid"] += len(times)
        sample = Sample(
            seconds=now - self._began, resident_bytes=resident, descriptors=descriptors, threads=threads,
            cpu=(cpu - self._cpu) / passed, rate=(requests - self._requests) / passed,
            p50=percentile(times, 50), p99=percentile(times, 99), control=percentile(control, 99), dropped=int(metrics[DROPPED]),
        )  # fmt: skip
        self._requests, self._cpu, self._last = requests, cpu, now
        self._course.samples.append(sample)
        return sample


def line(sample):
    return (
        f"{sample.seconds / 60:5.1f} min {sample.rate:7,.0f}/s  cpu {sample.cpu:4.0%}  "
        f"{sample.resident_bytes / MEBIBYTE:5.1f} MiB  {sample.descriptors:4d} fds  {sample.threads:2d} threads  "
        f"p99 {sample.p99 / 1000:5.2f} ms, upstream {sample.control / 1000:5.2f}"
    )


def soak(edge, upstream, certificate, course, seconds, core, folder, stopped):
    """Runs the mixture for so long, or until `stopped`."""
    interval = max(2, min(INTERVAL, seconds / 60))
    course.rate = SHARE_OF_CAPACITY * course.capacity
    counted_before = edge.metrics()
    clients, running = [], []
    try:
        clients.append(Client(probe, certificate, edge.port, edge.tls_port))
        clients.append(Client(control, certificate, upstream.port))
        clients.append(Client(passers, certificate, edge.port, edge.tls_port))
        running = generators.start(edge, course.rate, seconds, core, folder / "mixture")
        watch = Watch(edge, *clients[:2], course)
        began, busy = time.monotonic(), busy_seconds(core)
        next_sample, next_reload, next_line = interval, RELOAD_INTERVAL / 2, 60
        while (now := time.monotonic() - began) < seconds and not stopped() and edge.process.is_running():
            tend(running)
            if now >= next_sample:
                sample = watch.sample()
                next_sample += interval
                if now >= next_line - 1:
                    print(line(sample), flush=True)
                    next_line += 60
            if now >= next_reload:
                edge.reload()
                course.reloads += 1
                next_reload += RELOAD_INTERVAL
            time.sleep(max(0, min(0.1, next_sample - now)))
        course.seconds = time.monotonic() - began
        course.load_core = (busy_seconds(core) - busy) / course.seconds
        course.early = course.seconds < seconds - 1
        times, wrong = clients[0].end()
        course.answered["valid"] += len(times)
        course.wrong += wrong
        course.wrong += clients[1].end()[1]
        counts, wrong = clients[2].end()
        course.answered += counts
        course.wrong += wrong
        # They end by themselves, each with its last answer.
        deadline = time.monotonic() + generators.SEGMENT
        while not course.early and tend(running) and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        finish(running)
        for client in clients:
            client.kill()
    for generator in running:
        answered, wrong = generator.counted()
        course.answered += answered
        course.wrong += wrong
    course.after = wait_for_rest(edge)
    course.metrics = Counter(edge.metrics())
    course.metrics.subtract(counted_before)

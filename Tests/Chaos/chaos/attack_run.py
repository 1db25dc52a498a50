"""One attack on one fresh edge: calm, attacked, and after it."""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from chaos.edge import Edge, configuration
from chaos.log_check import check_log

FOLDER = Path(__file__).resolve().parent.parent
EDGE_CORE = 0
# Before whatever else this machine does, if it may be (else nice(1) says that it may not, and goes on).
FIRST = -15
# What a shared machine adds now and then, in milliseconds; recovery is not judged more sharply than that.
JITTER = 20
MEBIBYTE = 1024 * 1024
# Upstream connections that stay for a while, each with libcurl's wake-up pair, and a little.
SPARE_DESCRIPTORS = 3 * 64 + 16
# What the first requests of any kind need, and what the allocator keeps.
SPARE_MEMORY = 24 * MEBIBYTE


@dataclass(frozen=True)
class Pace:
    """Seconds of each part, and how much of each attack."""

    warm: float = 0.5
    calm: float = 2.0
    attack: float = 1.0
    after: float = 2.0
    scale: float = 1.0


PACES = {False: Pace(), True: Pace(warm=0.1, calm=0.4, attack=0.1, after=0.4, scale=0.1)}


@dataclass
class Outcome:
    """What came of it. Seconds, but for `resident` in bytes. `faults` are what must not be; `remarks` may be."""

    attack: object
    calm: tuple = ()
    attacked: tuple = ()
    recovery: float | None = None
    resident: dict = field(default_factory=dict)
    quiet_cpu: float | None = None
    report: dict = field(default_factory=dict)
    turned_away: int = 0
    asked: int = 0
    faults: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    @property
    def ratio(self):
        return self.attacked[1] / self.calm[1]


def put_first(*pids):
    for pid in pids:
        try:
            os.setpriority(os.PRIO_PROCESS, pid, FIRST)
        except OSError:
            return


class Honest:
    """The program of the honest clients; its samples when it has ended."""

    def __init__(self, edge, certificate):
        command = [sys.executable, "-B", "-m", "chaos.honest", str(edge.port), str(edge.tls_port), str(certificate)]
        self.process = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        put_first(self.process.pid)

    def end(self):
        said, _ = self.process.communicate(timeout=60)
        return [json.loads(line) for line in said.splitlines()]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Attacker:
    """The program of an attack."""

    def __init__(self, edge, certificate, attack, seconds, scale):
        command = [sys.executable, "-B", "-m", "chaos.attacker", attack.name, str(edge.port), str(edge.tls_port),
                   str(certificate), str(seconds), str(scale)]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def next_word(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise SystemExit("The attacker says nothing. Try it alone: Tests/Chaos/attacks --only NAME")
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The attacker has ended: its error stands above. Try it alone: Tests/Chaos/attacks --only NAME")
        return json.loads(line)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def percentiles(samples):
    """The 50th and the 99th, in milliseconds."""
    times = sorted(seconds for _, _, seconds, _ in samples)
    if not times:
        return (float("nan"),) * 2
    return tuple(times[min(len(times) - 1, int(len(times) * part))] * 1000 for part in (0.5, 0.99))


def recovery(samples, end, calm_p99):
    """From how many seconds after the end on the 99th percentile of all that follows is within twice the calm one."""
    after = [sample for sample in samples if sample[1] >= end]
    # Too few samples behind it would say nothing.
    for late in sorted(began - end for _, began, _, _ in after)[: len(after) * 3 // 4]:
        rest = [sample for sample in after if sample[1] - end >= late]
        if percentiles(rest)[1] <= max(2 * calm_p99, calm_p99 + JITTER):
            return late
    return None


def run(attack, pace, binary, upstream, certificate, folder):
    settings = configuration(f"http://127.0.0.1:{upstream.port}", certificate, attack.settings())
    settings["limits"] = attack.settings()["limits"]
    if attack.h2c:
        settings["listeners"][0]["h2c"] = True
    edge = Edge(binary, folder, settings, open_files=attack.open_files, before=("nice", "-n", str(FIRST), "taskset", "-c", str(EDGE_CORE)))
    programs = []
    try:
        edge.wait_until_ready()
        outcome = measure(attack, pace, edge, certificate.certificate, programs)
        code = edge.stop()
        if code != 0:
            outcome.faults.append(f"ended with {code}: {edge.said()[-300:]}")
        outcome.faults += check_log(binary, edge.access_log, show=attack.name == "log-text")
    finally:
        for program in programs:
            program.kill()
        edge.stop()
    return outcome


def measure(attack, pace, edge, certificate, programs):
    outcome = Outcome(attack)
    honest = Honest(edge, certificate)
    programs.append(honest)
    time.sleep(0.2 + pace.warm)
    begin, cpu = time.monotonic(), edge.cpu_seconds()
    time.sleep(pace.calm)
    calm_cpu = (edge.cpu_seconds() - cpu) / (time.monotonic() - begin)
    before, outcome.resident["before"] = edge.descriptors(), edge.resident_bytes()

    seconds = max(0.5, attack.seconds * pace.attack)
    start = time.monotonic()
    attacker = Attacker(edge, certificate, attack, seconds, pace.scale)
    programs.append(attacker)
    attacker.next_word(60)
    if attack.is_passive:
        outcome.quiet_cpu = quiet_cpu(edge, min(4, seconds / 2)) - calm_cpu
    outcome.report = attacker.next_word(seconds + 60)["result"]
    attacker.kill()
    end = time.monotonic()

    came_back = None
    while time.monotonic() < end + pace.after:
        if came_back is None and edge.descriptors() <= before + SPARE_DESCRIPTORS:
            came_back = time.monotonic() - end
        time.sleep(0.02)
    outcome.resident |= {"after": edge.resident_bytes(), "peak": edge.peak_resident_bytes()}
    judge(outcome, honest.end(), begin, start, end, came_back)
    return outcome


def quiet_cpu(edge, seconds):
    """CPU seconds a second while the attack's clients are there and wait."""
    time.sleep(0.1)
    begin, cpu = time.monotonic(), edge.cpu_seconds()
    time.sleep(seconds)
    return (edge.cpu_seconds() - cpu) / (time.monotonic() - begin)


def judge(outcome, samples, begin, start, end, came_back):
    attack, samples = outcome.attack, [sample for sample in samples if sample[1] >= begin]
    calm = [sample for sample in samples if sample[1] + sample[2] < start]
    attacked = [sample for sample in samples if start <= sample[1] < end]
    outcome.asked = len(attacked)
    for sample in samples:
        kind, _, _, verdict = sample
        if not verdict:
            continue
        if verdict.startswith("unserved") and start <= sample[1] < end:
            outcome.turned_away += 1
            if attack.turned_away and kind.endswith("new"):
                continue
        if len(outcome.faults) < 5:
            outcome.faults.append(f"{kind}, {sample[1] - start:+.2f} s: {verdict}")
    outcome.calm, outcome.attacked = percentiles(calm), percentiles(attacked)
    outcome.recovery = recovery(samples, end, outcome.calm[1])
    if outcome.recovery is None:
        outcome.faults.append("the 99th percentile has not come back")
    if came_back is None:
        outcome.faults.append("descriptors have not come back")
    else:
        outcome.recovery = max(outcome.recovery or 0, came_back)
    if outcome.resident["peak"] > attack.ceiling * MEBIBYTE:
        outcome.faults.append(f"{outcome.resident['peak'] / MEBIBYTE:.0f} MiB of memory, over {attack.ceiling}")
    if outcome.quiet_cpu is not None and outcome.quiet_cpu > 0.2:
        outcome.faults.append(f"{outcome.quiet_cpu:.2f} CPU seconds a second while its clients waited")
    if outcome.resident["after"] > outcome.resident["before"] + SPARE_MEMORY:
        outcome.remarks.append("memory that was taken stays taken, for those who come next")
    if attack.turned_away and outcome.turned_away:
        outcome.remarks.append(f"new connections were turned away: {attack.turned_away}")

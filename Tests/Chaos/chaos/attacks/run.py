"""One attack on one fresh edge: calm, attacked, and after it."""

import time
from dataclasses import dataclass

from chaos.attacks.judge import QUIET_CPU, Moments, Outcome, judge
from chaos.attacks.log_check import check_log
from chaos.attacks.programs import FIRST, Attacker, Honest
from chaos.command import EDGE_CORE
from chaos.edge import Edge, configuration

# How long the edge is watched to see whether it has come to rest: the kernel counts hundredths of a second.
SETTLE_SECONDS = 0.2
# Upstream connections that stay for a while, each with libcurl's wake-up pair, and a little.
SPARE_DESCRIPTORS = 3 * 64 + 16


@dataclass(frozen=True)
class Pace:
    """Seconds of each part, and how much of each attack."""

    warm: float = 0.5
    calm: float = 2.0
    attack: float = 1.0
    after: float = 2.0
    scale: float = 1.0

    @property
    def part(self):
        """How much of an attack is asked for, loads of a shared machine aside: 1 is all."""
        return 1 if self.scale == 1 else self.scale / 2


PACES = {False: Pace(), True: Pace(warm=0.1, calm=0.4, attack=0.1, after=0.4, scale=0.1)}


def run(attack, pace, binary, upstream, certificate, folder):
    """The outcome, judged."""
    settings = configuration(f"http://127.0.0.1:{upstream.port}", certificate, attack.settings())
    settings["limits"] = attack.limits
    if attack.h2c:
        settings["listeners"][0]["h2c"] = True
    before = ("nice", "-n", str(FIRST), "taskset", "-c", str(EDGE_CORE))
    edge = Edge(binary, folder, settings, open_files=attack.open_files, before=before)
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
    # What only waits is judged while it waits; what its coming costs is said beside it.
    if attack.is_passive:
        let_settle(edge, calm_cpu, min(2, seconds / 4))
    waits = time.monotonic() if attack.is_passive else start
    if attack.is_passive:
        outcome.quiet_cpu = quiet_cpu(edge, min(4, seconds / 2)) - calm_cpu
    outcome.report = attacker.next_word(seconds + 60)["result"]
    end = time.monotonic()
    # All its clients leave at once.
    attacker.kill()

    came_back = None
    while time.monotonic() < end + pace.after:
        if came_back is None and edge.descriptors() <= before + SPARE_DESCRIPTORS:
            came_back = time.monotonic() - end
        time.sleep(0.02)
    outcome.resident |= {"after": edge.resident_bytes(), "peak": edge.peak_resident_bytes()}
    judge(outcome, honest.end(), Moments(begin, start, waits, end), came_back, pace.part)
    return outcome


def let_settle(edge, calm_cpu, seconds):
    """What the last clients have sent lies in the kernel's buffers when all are there. An edge that does not come to rest
    in so many seconds is judged as it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = edge.cpu_seconds()
        time.sleep(SETTLE_SECONDS)
        if (edge.cpu_seconds() - before) / SETTLE_SECONDS < calm_cpu + QUIET_CPU:
            return


def quiet_cpu(edge, seconds):
    """CPU seconds a second while the attack's clients are there and wait."""
    begin, cpu = time.monotonic(), edge.cpu_seconds()
    time.sleep(seconds)
    return (edge.cpu_seconds() - cpu) / (time.monotonic() - begin)

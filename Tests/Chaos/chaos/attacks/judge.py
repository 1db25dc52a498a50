"""What came of an attack, and what of that must not be. Pure: samples and figures in, faults and remarks out."""

from dataclasses import dataclass, field

from benchmark.processes import MEBIBYTE

# What a shared machine adds now and then, in milliseconds; nothing is judged more sharply than that.
JITTER = 20
# What the first requests of any kind need, and what the allocator keeps.
SPARE_MEMORY = 24 * MEBIBYTE
# CPU seconds a second while an attack's clients only wait.
QUIET_CPU = 0.2


@dataclass(frozen=True)
class Moments:
    """When it begins to be calm, when the attack begins, from when on it is judged, and when it is over; seconds."""

    begin: float
    start: float
    judged: float
    end: float


@dataclass
class Outcome:
    """What came of it. `calm`, `coming` and `attacked` are the 50th and 99th percentile in milliseconds, `coming` while the
    clients of an attack that only waits arrive; else seconds, but for `resident` in bytes. `faults` and `delays` must not
    be, and `delays` come of a machine that stands still for a moment as well; `remarks` may be."""

    attack: object
    calm: tuple = ()
    coming: tuple | None = None
    attacked: tuple = ()
    recovery: float | None = None
    resident: dict = field(default_factory=dict)
    quiet_cpu: float | None = None
    report: dict = field(default_factory=dict)
    turned_away: int = 0
    asked: int = 0
    faults: list = field(default_factory=list)
    delays: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    @property
    def done(self):
        """How much its clients did: connections that were opened, or are open where they only wait, or units that were
        offered."""
        return self.report.get("open" if self.attack.is_passive else "opened", self.report.get("offered", 0))

    @property
    def problems(self):
        return self.faults + self.delays

    @property
    def deserves_another_try(self):
        return bool(self.delays) and not self.faults

    @property
    def ratio(self):
        return self.attacked[1] / self.calm[1]

    @property
    def comes_slow(self):
        return exceeds(self.coming[1], self.calm[1])

    @property
    def is_slow(self):
        return exceeds(self.attacked[1], self.calm[1])


def exceeds(p99, calm):
    """Whether a 99th percentile is more than twice the calm one, and by more than the machine does."""
    return p99 > max(2 * calm, calm + JITTER)


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
        if not exceeds(percentiles(rest)[1], calm_p99):
            return late
    return None


def judge(outcome, samples, moments, came_back, part=1):
    """Fills in what the honest clients saw (chaos/attacks/honest.py), and says what is wrong with all of it.

    - came_back: seconds from the attack's end on until its descriptors were closed, or None.
    - part: how much of the attack was asked for; 1 is all.
    """
    start, end = moments.start, moments.end
    attack, samples = outcome.attack, [sample for sample in samples if sample[1] >= moments.begin]
    calm = [sample for sample in samples if sample[1] + sample[2] < start]
    coming = [sample for sample in samples if start <= sample[1] < moments.judged]
    attacked = [sample for sample in samples if moments.judged <= sample[1] < end]
    outcome.asked = len(coming) + len(attacked)
    outcome.coming = percentiles(coming) if coming else None
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
    if not calm or not attacked:
        outcome.delays.append("no honest client was heard")
    if outcome.done < attack.least * part:
        outcome.delays.append(f"no attack: its clients did {outcome.done:,} of {attack.least * part:,.0f}")
    if outcome.is_slow and not attack.slow:
        outcome.delays.append(f"slow: {outcome.attacked[1]:.0f} ms, and {outcome.calm[1]:.0f} when it is calm")
    back = recovery(samples, end, outcome.calm[1])
    if back is None:
        outcome.delays.append("the 99th percentile has not come back")
    if came_back is None:
        outcome.delays.append("descriptors have not come back")
    if back is not None and came_back is not None:
        outcome.recovery = max(back, came_back)
    if outcome.resident["peak"] > attack.ceiling * MEBIBYTE:
        outcome.faults.append(f"{outcome.resident['peak'] / MEBIBYTE:.0f} MiB of memory, over {attack.ceiling}")
    if outcome.quiet_cpu is not None and outcome.quiet_cpu > QUIET_CPU:
        outcome.delays.append(f"{outcome.quiet_cpu:.2f} CPU seconds a second while its clients waited")
    if outcome.resident["after"] > outcome.resident["before"] + SPARE_MEMORY:
        outcome.remarks.append("memory that was taken stays taken, for those who come next")
    if attack.slow and outcome.is_slow:
        outcome.remarks.append(f"slow: {attack.slow}")
    if attack.turned_away and outcome.turned_away:
        outcome.remarks.append(f"new connections were turned away: {attack.turned_away}")

"""What the judge has to find, and what it must not blame: `Tests/Chaos/soak --check-judge`."""

import math
import random
from dataclasses import replace

from benchmark.processes import MEBIBYTE

from chaos.soak.judge import Rest, Sample, flatness, resident_slope, rest, sixths, slope

HOUR = 3600
SLOWER = "99th percentile, ratio"


def calm(seconds=HOUR, interval=10):
    """What an edge that holds shows: noise of a usual size, and nothing else."""
    noise = random.Random(5)
    return [
        Sample(
            seconds=moment,
            resident_bytes=int(36 * MEBIBYTE + noise.gauss(0, 200_000)),
            descriptors=150 + noise.randint(-20, 20),
            threads=8 + (noise.random() < 0.3),
            cpu=0.7 + noise.gauss(0, 0.02),
            rate=17_000 * (1 + noise.gauss(0, 0.01)),
            p50=400 + noise.gauss(0, 20),
            p99=2_000 * math.exp(noise.gauss(0, 0.2)),
            control=1_000 * math.exp(noise.gauss(0, 0.2)),
            dropped=0,
        )
        for moment in range(interval, seconds + 1, interval)
    ]


def changed(change):
    """A calm hour, in which `change` gives each sample other fields."""
    return [replace(sample, **change(sample)) for sample in calm()]


def leak_of_memory(sample):
    return {"resident_bytes": int(sample.resident_bytes + sample.seconds / 60 * MEBIBYTE)}


def step_at_start(sample):
    cold = sample.seconds < HOUR / 6 - 60
    return {"resident_bytes": sample.resident_bytes - 15 * MEBIBYTE, "threads": 6, "p99": 30_000.0} if cold else {}


def leak_of_descriptors(sample):
    return {"descriptors": sample.descriptors + int(sample.seconds / 60)}


def leak_of_threads(sample):
    return {"threads": sample.threads + int(sample.seconds / 600)}


def slower(sample):
    return {"p99": sample.p99 * (1 + 2 * sample.seconds / HOUR)}


def slower_machine(sample):
    return {name: getattr(sample, name) * (1 + 2 * sample.seconds / HOUR) for name in ("p99", "control")}


def quicker_machine(sample):
    return {**slower(sample), "control": sample.control / (1 + sample.seconds / HOUR)}


def rather_slow_machine(sample):
    return {name: getattr(sample, name) * (1 + 0.6 * sample.seconds / HOUR) for name in ("p99", "control")}


def fading(sample):
    return {"rate": sample.rate * (1 - 0.1 * sample.seconds / HOUR)}


def dropping(sample):
    return {"dropped": int(sample.seconds > HOUR - 60)}


# What happened, its samples, and all that may be blamed.
CASES = [
    ("a calm hour", calm(), set()),
    ("a calm quarter of a minute", calm(seconds=15, interval=1), set()),
    ("a leak of 1 MiB a minute", changed(leak_of_memory), {"resident memory, growth"}),
    ("a step at the start", changed(step_at_start), set()),
    ("a descriptor lost each minute", changed(leak_of_descriptors), {"descriptors, growth"}),
    ("a thread left every ten minutes", changed(leak_of_threads), {"threads, growth"}),
    ("answers that get slower", changed(slower), {SLOWER}),
    ("a machine that gets slower", changed(rather_slow_machine), set()),
    ("a machine that gets so slow that nothing can be said", changed(slower_machine), set()),
    ("answers that get slower where nobody listens to the machine", changed(lambda one: {**slower(one), "control": 0}), set()),
    ("answers that get slower on one that gets quicker", changed(quicker_machine), {SLOWER}),
    ("an edge that keeps up no longer", changed(fading), {"requests per second, change"}),
    ("a log line lost in the last minute", changed(dropping), {"log lines dropped"}),
    ("too little to judge", calm(seconds=60, interval=10), {"samples in each sixth"}),
]

RESTS = [
    ("nothing left", Rest(1, 28, 8), set()),
    ("a descriptor left", Rest(1, 29, 8), {"descriptors at rest"}),
    ("a thread gone", Rest(1, 28, 7), {"threads at rest"}),
]


def blamed(criteria):
    return {criterion.what for criterion in criteria if criterion.passed is False}


def problems():
    """What the judge gets wrong, a sentence each."""
    found = []
    for name, samples, expected in CASES:
        seconds = samples[-1].seconds
        judged = blamed(flatness(samples, seconds))
        if judged != expected:
            found.append(f"Shown {name}, the judge blames {sorted(judged)} and not {sorted(expected)}")
    for name, after, expected in RESTS:
        judged = blamed(rest(Rest(2, 28, 8), after))
        if judged != expected:
            found.append(f"Shown {name}, the judge blames {sorted(judged)} and not {sorted(expected)}")
    if not math.isclose(slope([(0, 5), (1, 7), (2, 9)]), 2):
        found.append("The slope of a straight line is wrong")
    per_hour = resident_slope(changed(leak_of_memory), HOUR) / MEBIBYTE
    if not 59 < per_hour < 61:
        found.append(f"A leak of 60 MiB an hour has a slope of {per_hour:.1f}")
    if [len(part) for part in sixths(calm(), HOUR)] != [59, 60, 60, 60, 60, 61]:
        found.append("An hour is not parted into sixths")
    return found

"""Whether figures stayed flat. Pure: samples in, criteria out."""

from dataclasses import dataclass
from statistics import median

from benchmark.processes import MEBIBYTE

# What may be between the second sixth, when everything is warm, and the last. The first sixth is never judged.
RESIDENT_GROWTH = 2 * MEBIBYTE
# Connections to the upstream come and go under load; at rest there is no allowance.
DESCRIPTOR_GROWTH = 16
# The thread that compresses rotated logs comes and goes; at rest there is no allowance either.
THREAD_GROWTH = 1
P99_RATIO = 1.5
RATE_SHARE = 0.05
# A median of fewer says nothing.
SAMPLES_PER_SIXTH = 2


@dataclass(frozen=True)
class Sample:
    """The edge at one moment. `cpu`, `rate`, `p50`, `p99` and `control` are of the time since the sample before."""

    # Since the mixture began.
    seconds: float
    resident_bytes: int
    descriptors: int
    threads: int
    # Cores.
    cpu: float
    # Requests ended per second.
    rate: float
    # Microseconds.
    p50: float
    p99: float
    # 99th percentile of who asks the upstream itself, past the edge: what of `p99` is the machine's.
    control: float
    # Log lines lost since the start.
    dropped: int


@dataclass(frozen=True)
class Rest:
    """The edge without a client, and with nothing left to do."""

    resident_bytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Criterion:
    """What was measured, beside what is allowed. `passed` is None where it could not be judged, which is no failure."""

    what: str
    measured: str
    allowed: str
    passed: bool | None


def sixths(samples, seconds):
    """The samples of each sixth of the time."""
    parts = [[] for _ in range(6)]
    for sample in samples:
        parts[min(5, int(sample.seconds * 6 / seconds))].append(sample)
    return parts


def middle(samples, name):
    return median(getattr(sample, name) for sample in samples)


def slope(points):
    """Least squares through (x, y): y per x."""
    count = len(points)
    x_mean, y_mean = (sum(values) / count for values in zip(*points))
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0


def resident_slope(samples, seconds):
    """Bytes per hour, without the first sixth."""
    points = [(sample.seconds / 3600, sample.resident_bytes) for sample in samples if sample.seconds >= seconds / 6]
    return slope(points) if len(points) > 1 else 0.0


def flatness(samples, seconds):
    """Judges what was seen under load."""
    parts = sixths(samples, seconds)
    fewest = min(map(len, parts))
    if fewest < SAMPLES_PER_SIXTH:
        return [Criterion("samples in each sixth", str(fewest), f"{SAMPLES_PER_SIXTH} or more", False)]
    early, late = parts[1], parts[5]

    def growth(name):
        return middle(late, name) - middle(early, name)

    resident, descriptors = growth("resident_bytes"), growth("descriptors")
    # The fewest are those that stay.
    threads = min(sample.threads for sample in late) - min(sample.threads for sample in early)

    def ratio(name):
        return middle(late, name) / max(1, middle(early, name))

    # A machine that has got slower is not the edge's fault, but says nothing of the edge where it is much slower, or where
    # nobody has listened to it. One that has got quicker is no excuse.
    p99, control = ratio("p99"), ratio("control")
    is_heard = middle(early, "control") > 0 and middle(late, "control") > 0
    is_judged = is_heard and control <= P99_RATIO
    rate = ratio("rate") - 1
    dropped = samples[-1].dropped
    return [
        Criterion(
            "resident memory, growth",
            f"{resident / MEBIBYTE:+.2f} MiB",
            f"at most {RESIDENT_GROWTH / MEBIBYTE:.0f} MiB",
            resident <= RESIDENT_GROWTH,
        ),
        Criterion(
            "descriptors, growth", f"{round(descriptors):+d}", f"at most {DESCRIPTOR_GROWTH}", descriptors <= DESCRIPTOR_GROWTH
        ),
        Criterion("threads, growth", f"{threads:+d}", f"at most {THREAD_GROWTH}", threads <= THREAD_GROWTH),
        Criterion(
            "99th percentile, ratio", f"{p99:.2f}, the control's {control:.2f}", f"at most {P99_RATIO} times the control's",
            p99 <= P99_RATIO * max(1, control) if is_judged else None,
        ),
        Criterion("requests per second, change", f"{rate:+.1%}", f"within {RATE_SHARE:.0%}", abs(rate) <= RATE_SHARE),
        Criterion("log lines dropped", str(dropped), "none", dropped == 0),
    ]


def rest(before, after):
    """Judges what was left when all clients had gone."""
    return [
        Criterion(
            f"{name} at rest", f"{getattr(after, name)}", f"{getattr(before, name)}, as before the mixture",
            getattr(after, name) == getattr(before, name),
        )
        for name in ("descriptors", "threads")
    ]  # fmt: skip


def passed(criteria):
    return all(criterion.passed is not False for criterion in criteria)

"""Samples into tables: everything that was measured, and ratios of medians for the README."""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from benchmark.idle import IDLE_SECONDS, Idle
from benchmark.processes import MEBIBYTE
from benchmark.servers import TITLES, version

TITLES_OF_METRICS = {
    "cpu": "CPU time per request",
    "per_second": "Requests per second",
    "p50": "Latency, median",
    "p99": "Latency, 99th percentile",
}


@dataclass
class Results:
    """All that was found out about one proxy."""

    # By workload, in the order of the rounds.
    samples: dict
    start_milliseconds: list = field(default_factory=list)
    resident_at_start: int = 0
    resident_after_first_round: int = 0
    requests_after_first_round: int = 0
    resident_at_end: int = 0
    idle: Idle | None = None

    def requests(self):
        return sum(sample.requests for samples in self.samples.values() for sample in samples)

    def values(self, workload, metric):
        return [getattr(sample, metric) for sample in self.samples[workload]]


def table(header, rows):
    """A Markdown table that is readable as it is; all columns but the first are right-aligned."""
    head, *body = aligned([header, *rows])
    rule = ["-" * len(head[0]), *("-" * (len(cell) - 1) + ":" for cell in head[1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *body])


def aligned(lines):
    """Each line's cells, as wide as the widest of their column."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [[cell.ljust(width) if column == 0 else cell.rjust(width)
             for column, (cell, width) in enumerate(zip(line, widths, strict=True))] for line in lines]  # fmt: skip


def details(results):
    """Medians with minima and maxima, a table for each workload."""
    text = []
    for workload in workloads(results):
        rows = []
        for name, result in results.items():
            cpu = result.values(workload, "cpu")
            rows.append([
                TITLES[name],
                f"{median(result.values(workload, 'per_second')):,.0f}",
                f"{median(cpu):.1f}", f"{min(cpu):.1f}", f"{max(cpu):.1f}",
                f"{median(result.values(workload, 'system')):.1f}",
                *(latency(result.values(workload, metric)) for metric in ("p50", "p99")),
            ])  # fmt: skip
        header = [str(workload), "requests/s", "CPU µs", "min", "max", "in the kernel", "p50 µs", "p99 µs"]
        text.append(table(header, rows))
    return text


def workloads(results):
    return list(next(iter(results.values())).samples)


def base_of(results):
    return "nginx" if "nginx" in results else next(iter(results))


def latency(values):
    return "" if None in values else f"{median(values):,.0f}"


def handshakes(results):
    """What a new connection costs, and so how many of them a core can take in a second."""
    workload = next(workload for workload in workloads(results) if workload.group == "handshakes")
    reference = median(results[base_of(results)].values(workload, "cpu"))
    rows = []
    for name, result in results.items():
        cpu = result.values(workload, "cpu")
        rows.append([
            TITLES[name],
            f"{median(cpu):.0f} ({min(cpu):.0f} to {max(cpu):.0f})",
            f"{median(cpu) / reference:.2f}",
            f"{1e6 / median(cpu):,.0f}",
        ])  # fmt: skip
    header = ["Full handshakes", "CPU µs", f"to {TITLES[base_of(results)]}'s", "per second and core"]
    return table(header, rows)


def idle(results):
    """Memory and CPU time of connections that do nothing."""
    results = {name: result for name, result in results.items() if result.idle}
    reference = results[base_of(results)].idle
    rows = []
    for name, result in results.items():
        found = result.idle
        rows.append([
            TITLES[name],
            f"{found.before / MEBIBYTE:.1f}",
            f"{found.connected / MEBIBYTE:.1f}",
            f"{found.connected / reference.connected:.2f}",
            f"{(found.connected - found.before) / found.connections / 1024:.1f}",
            f"{found.closed / MEBIBYTE:.1f}",
            f"{found.cpu_milliseconds:.0f}",
        ])  # fmt: skip
    header = [
        f"{reference.connections:,} idle TLS connections", "RSS before, MiB", "with them",
        f"to {TITLES[base_of(results)]}'s", "KiB each", "after them", f"CPU ms in {IDLE_SECONDS} s",
    ]  # fmt: skip
    return table(header, rows)


def memory(results):
    """Resident memory and start-up."""
    rows = []
    for name, result in results.items():
        starts = result.start_milliseconds
        rows.append([
            TITLES[name],
            f"{result.resident_at_start / MEBIBYTE:.1f}",
            f"{result.resident_after_first_round / MEBIBYTE:.1f} ({result.requests_after_first_round:,})",
            f"{result.resident_at_end / MEBIBYTE:.1f} ({result.requests():,})",
            f"{median(starts):.0f} ({min(starts):.0f} to {max(starts):.0f})",
        ])  # fmt: skip
    header = ["", "RSS at start, MiB", "after a round (requests)", "at the end (requests)", "first answer, ms"]
    return table(header, rows)


def ratios(results, metric, unit):
    """Medians divided by those of the base: nginx where it took part, else the first. In brackets the smallest and
    largest ratio of a single round."""
    base = base_of(results)
    others = [name for name in results if name != base]
    rows = []
    for workload in workloads(results):
        if workload.group == "handshakes":
            continue
        reference = results[base].values(workload, metric)
        row = [str(workload)]
        for name in others:
            values = results[name].values(workload, metric)
            by_round = [value / against for value, against in zip(values, reference) if against]
            row.append(f"{median(values) / median(reference):.2f} ({min(by_round):.2f} to {max(by_round):.2f})")
        rows.append([*row, f"{median(reference):,.{1 if metric == 'cpu' else 0}f} {unit}".strip()])
    return table([TITLES_OF_METRICS[metric], *(TITLES[name] for name in others), TITLES[base]], rows)


def for_readme(results, arguments):
    """How it was measured, and a table for each question."""
    text = [heading(results, arguments)]
    groups = {workload.group for workload in workloads(results)}
    if groups - {"handshakes"}:
        units = {"cpu": "µs", "per_second": "", "p99": "µs"}
        text.extend(ratios(results, metric, unit) for metric, unit in units.items())
    if "handshakes" in groups:
        text.append(handshakes(results))
    if "plain" in groups:
        text.append(memory(results))
    if any(result.idle for result in results.values()):
        text.append(idle(results))
    return text


def heading(results, arguments):
    versions = ", ".join(f"{TITLES[name]} {version(name)}" for name in results)
    tools = ", ".join(f"{name} {version(name)}" for name in ("wrk", "h2load", "openssl"))
    return (
        f"Measured on {date.today()}: {versions}; {tools}; {machine()}. "
        f"{arguments.rounds} alternating rounds of {arguments.seconds} s. Medians, divided by "
        f"{TITLES[base_of(results)]}'s; in brackets the smallest and the largest ratio of a round."
    )


def machine():
    """What all of it was measured on."""
    return f"{processor()}, Linux {os.uname().release}"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{os.cpu_count()} cores of {line.partition(':')[2].strip()}"
    return f"{os.cpu_count()} cores"

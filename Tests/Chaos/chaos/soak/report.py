"""What a soak leaves behind: `soak.md`, its chart, and the samples."""

import csv
import io
from dataclasses import asdict, fields
from datetime import date

from benchmark.processes import MEBIBYTE
from benchmark.report import machine, table
from benchmark.servers import version

from chaos.soak import balance, chart
from chaos.soak.generators import requests_of
from chaos.soak.judge import Sample, flatness, middle, passed, resident_slope, rest, sixths

GIVEN = " (these sources; the program was given, and may be of others)"
VERDICTS = {True: "holds", False: "**fails**", None: "not judged"}


def criteria(course, exit_code):
    """Every criterion; then sentences about what was wrong."""
    counted, sentences = balance.criteria(course)
    judged = [*flatness(course.samples, course.seconds), *rest(course.before, course.after), *counted]
    if exit_code != 0:
        sentences.append(f"The edge ended with {exit_code} and not with 0")
    return judged, sentences


def holds(judged, exit_code):
    return passed(judged) and exit_code == 0


def figures(course):
    rows = []
    for number, part in enumerate(sixths(course.samples, course.seconds)):
        if not part:
            continue
        rows.append([
            f"{number * course.seconds / 360:.1f} to {(number + 1) * course.seconds / 360:.1f}",
            f"{middle(part, 'rate'):,.0f}",
            f"{middle(part, 'cpu'):.0%}",
            f"{middle(part, 'cpu') * 1e6 / max(1, middle(part, 'rate')):.1f}",
            f"{middle(part, 'resident_bytes') / MEBIBYTE:.1f}",
            f"{middle(part, 'descriptors'):.0f}",
            f"{middle(part, 'threads'):.0f}",
            f"{middle(part, 'p50') / 1000:.2f}",
            f"{middle(part, 'p99') / 1000:.2f}",
            f"{max(sample.p99 for sample in part) / 1000:.2f}",
            f"{middle(part, 'control') / 1000:.2f}",
        ])  # fmt: skip
    header = ["minutes", "requests/s", "CPU", "CPU µs each", "RSS MiB", "descriptors", "threads", "p50 ms", "p99 ms",
              "highest p99", "control"]  # fmt: skip
    return table(header, rows)


def markdown(course, judged, sentences, fine, command, built):
    total = sum(row[2] for row in balance.check(course)[0])
    minutes = f"{course.seconds / 60:.3g} minutes"
    unjudged = [one.what for one in judged if one.passed is None]
    verdict = f"**It {'holds' if fine else 'does not hold'}**: {total:,} requests in {minutes}"
    if unjudged:
        verdict += f", not judged: {', '.join(unjudged)}"
    if course.early:
        verdict += ", ended early"
    shares = ", ".join(f"{rate:,.0f} {name}" for name, rate in requests_of(course.rate).items())
    handshakes = {resumed: int(sum(value for name, value in course.metrics.items()
                  if name.startswith("plunk_edge_tls_handshakes_total") and f'resumed="{resumed}"' in name))
                  for resumed in ("false", "true")}  # fmt: skip
    opened = int(sum(value for name, value in course.metrics.items()
                     if name.startswith("plunk_edge_connections_opened_total")))  # fmt: skip
    upstream = int(course.metrics["plunk_edge_upstream_connections_opened_total"])
    slope = resident_slope(course.samples, course.seconds) / MEBIBYTE
    text = [
        "# Soak",
        f"{verdict}. What was done and how it is judged: [README.md](../README.md#soak). Again: `{command}`.",
        f"Measured on {date.today()}: plunk-edge {version('edge')}{'' if built else GIVEN}; wrk {version('wrk')}, h2load {version('h2load')}; "
        f"{machine()}. The edge has core 0 and one event loop; load and upstream have "
        "core 1.",
        "![Resident memory, descriptors, threads, and latency and rate over time](soak.svg)",
        "## Figures",
        "Medians of the samples of each sixth; p50 and p99 are the probe's, of each interval; the control is the p99 "
        "of another that asks the upstream itself, past the edge.",
        figures(course),
        f"The most that were served was {course.most:,.0f} requests a second. At what each takes of the edge's core where "
        f"70 % of that are offered, a whole one has room for {course.capacity:,.0f}: the capacity. "
        f"Offered were 70 % of that, {course.rate:,.0f} a second ({shares}), which kept the other core busy for "
        f"{course.load_core:.0%} of the time. There were {opened:,} connections, {handshakes['false']:,} new TLS sessions "
        f"and {handshakes['true']:,} resumed ones, {course.reloads} reloads, and {upstream:,} connections to the "
        "upstream. The edge's CPU includes what compresses rotated logs, at the lowest priority. Resident memory at rest: "
        f"{course.before.resident_bytes / MEBIBYTE:.1f} MiB before, {course.after.resident_bytes / MEBIBYTE:.1f} after. "
        f"Its slope by least squares, without the first sixth: {slope:+.2f} MiB an hour.",
        "## Verdict",
        "Growth, ratio and change are from the second sixth to the last.",
        table(["criterion", "measured", "allowed", "verdict"],
              [[one.what, one.measured, one.allowed, VERDICTS[one.passed]] for one in judged]),
        "## Books",
        table(["kind", "by clients", "in the metrics"],
              [[kind, f"{done:,}", f"{seen:,}"] for kind, done, seen in balance.check(course)[0]]),
    ]  # fmt: skip
    if course.early:
        text.append("Ended early, the generators could not count what was under way and h2load's last half minute.")
    if sentences:
        text += ["## Wrong", "\n".join(f"- {sentence}" for sentence in sentences[:20])]
        if len(sentences) > 20:
            text.append(f"And {len(sentences) - 20:,} more.")
    return "\n\n".join(text) + "\n"


def samples(course):
    """As CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Sample)], lineterminator="\n")
    writer.writeheader()
    for sample in course.samples:
        writer.writerow({name: round(value, 3) for name, value in asdict(sample).items()})
    return text.getvalue()


def write(course, exit_code, command, folder, built):
    """Writes all three, `built` saying whether the edge comes from these sources; whether every criterion holds, and
    sentences about what does not."""
    judged, sentences = criteria(course, exit_code)
    fine = holds(judged, exit_code)
    folder.mkdir(exist_ok=True)
    (folder / "soak.md").write_text(markdown(course, judged, sentences, fine, command, built))
    (folder / "soak.svg").write_text(chart.draw(course.samples, course.seconds))
    (folder / "soak.csv").write_text(samples(course))
    failed = [f"{one.what}: {one.measured} ({one.allowed})" for one in judged if one.passed is False]
    return fine, failed + sentences

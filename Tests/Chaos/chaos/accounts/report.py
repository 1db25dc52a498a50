"""The table of a run, and what is said of books that do not balance."""

import collections
import dataclasses
import json
import time

from benchmark.report import aligned, machine, table
from benchmark.servers import version

KINDS = ["lost", "doubled", "unexplained"]
SHOWN = 10
CLASSES = ["2xx", "4xx", "5xx", "none"]


@dataclasses.dataclass
class Row:
    """What came of one fault, over both settings of `upstream.idempotency`."""

    fault: object
    scenes: list
    verdicts: list
    seconds: float

    @property
    def events(self):
        return sum(len(scene.book.events) for scene in self.scenes)

    def answers(self):
        classes = collections.Counter()
        for scene in self.scenes:
            for event in scene.book.events.values():
                for result in event.results:
                    classes[f"{result.status // 100}xx" if result.status else "none"] += 1
        return [classes[name] for name in CLASSES]

    def repeats(self):
        return sum(len(arrivals) > 1 for scene in self.scenes for arrivals in scene.book.arrivals.values())

    def unsure(self):
        """Recorded and not answered 2xx, as the answer or the log line says."""
        return sum(
            any(arrival.recorded for arrival in arrivals) and not is_success(scene.book.events.get(number))
            for scene in self.scenes for number, arrivals in scene.book.arrivals.items()
        )  # fmt: skip

    def dropped(self):
        return sum(scene.book.dropped for scene in self.scenes)

    def unread(self):
        return sum(verdict.unread for verdict in self.verdicts)

    def shows(self):
        """Whether the fault was there; one that was not proves nothing."""
        return not self.fault.shows or self.cells()[HEADINGS.index(self.fault.shows)] != "0"

    def findings(self, kind):
        return sum(verdict.count(kind) for verdict in self.verdicts)

    def cells(self):
        counts = [self.events, *self.answers(), self.repeats(), self.unsure(), self.unread(), self.dropped()]
        return [self.fault.name, *(f"{count:,}" for count in counts), *(str(self.findings(kind)) for kind in KINDS)]


def is_success(event):
    return bool(event) and any(result.status and result.status // 100 == 2 for result in event.results)


HEADINGS = ["fault", "events", *CLASSES, "repeats", "unsure", "unread", "dropped", *KINDS]


def total(rows):
    """The last line of the table."""
    sums = [0] * (len(HEADINGS) - 1)
    for row in rows:
        for index, cell in enumerate(row.cells()[1:]):
            sums[index] += int(cell.replace(",", ""))
    return ["in all", *(f"{number:,}" for number in sums)]


# What a terminal of 80 columns has no room for.
DETAILS = {"repeats", "unsure", "unread", "dropped"}


def for_terminal(rows):
    """Most of the table."""
    lines = [HEADINGS, *(row.cells() for row in rows), total(rows)]
    kept = [[cell for heading, cell in zip(HEADINGS, line, strict=True) if heading not in DETAILS] for line in lines]
    return "\n".join(" ".join(cells) for cells in aligned(kept))


def describe_finding(scene, finding):
    """One event in full: its client's view, the upstream's, and its log lines."""
    where = f"{scene.fault.name} (idempotency {scene.idempotency})"
    lines = [f"{finding.kind}: {where}, event {finding.number}: {finding.why}"]
    event = scene.book.events.get(finding.number)
    if event:
        arrivals, logged = (book.get(event.number, []) for book in (scene.book.arrivals, scene.book.lines))
        lines.append(f"  client    {dataclasses.asdict(event)}")
        lines += [f"  upstream  {dataclasses.asdict(arrival)}" for arrival in arrivals]
        lines += [f"  log       {json.dumps(line)}" for line in logged]
    return "\n".join(lines)


def describe_findings(rows):
    found = [
        describe_finding(scene, finding)
        for row in rows
        for scene, verdict in zip(row.scenes, row.verdicts, strict=True)
        for finding in verdict.findings
    ]
    found += [f"{row.fault.name}: no {row.fault.shows}, so it was not there" for row in rows if not row.shows()]
    rest = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "\n\n".join([*found[:SHOWN], *rest])


def document(rows, left_out, is_given):
    day = time.strftime("%Y-%m-%d", time.gmtime())
    meanings = "\n".join(f"- **{row.fault.name}**: {row.fault.what}" for row in rows)
    missing = f"\nLeft out, for want of root and mounts of their own: {', '.join(left_out)}.\n" if left_out else ""
    given = ", with an edge that was built before (`--binary`)" if is_given else ""
    return f"""# Books under failure

Made by `./Tests/Chaos/accounts` on {day}, of {version("edge")}{given}, on
{machine()}.
What is claimed, how it is judged, and what the columns mean: [README](../README.md#accounts).

{table(HEADINGS, [*(row.cells() for row in rows), total(rows)])}
{missing}
{meanings}
"""

"""The table of attacks, on a terminal and in results/attacks.md."""

import datetime
import shlex

from benchmark.processes import MEBIBYTE
from benchmark.report import machine
from benchmark.servers import version

from chaos.attacks.judge import JITTER

HEADER = "| attack | p50, p99 calm, ms | as they come | attacked | p99 ratio | turned away | memory before, peak (ceiling), after, MiB | CPU while it waits | recovery | its clients |"
HEAD_LINE = f"{'p99 in ms':<25} {'calm':>7} {'coming':>7} {'attacked':>9} {'ratio':>6} {'memory':>9} {'recovery':>9}"


def milliseconds(pair):
    return " / ".join(f"{value:.2f}" for value in pair)


def seconds(value):
    return "never" if value is None else f"{value:.1f} s"


def line(outcome):
    """For whoever watches."""
    verdict = "FAILED" if outcome.problems else "slow" if outcome.is_slow else "ok"
    return (
        f"{outcome.attack.name:<25} {outcome.calm[1]:7.2f} {f'{outcome.coming[1]:.2f}' if outcome.coming else '':>7}"
        f" {outcome.attacked[1]:9.2f} {outcome.ratio:6.1f}"
        f" {outcome.resident['peak'] / MEBIBYTE:5.0f} MiB {seconds(outcome.recovery):>9}  {verdict}"
    )


def row(outcome):
    memory = {name: f"{size / MEBIBYTE:.0f}" for name, size in outcome.resident.items()}
    return " | ".join(
        [
            f"| {outcome.attack.title}",
            milliseconds(outcome.calm),
            milliseconds(outcome.coming) + (" (!)" if outcome.comes_slow else "") if outcome.coming else "",
            milliseconds(outcome.attacked),
            f"{outcome.ratio:.1f}" + (" (!)" if outcome.is_slow else ""),
            f"{outcome.turned_away} of {outcome.asked}",
            f"{memory['before']}, {memory['peak']} ({outcome.attack.ceiling}), {memory['after']}",
            "" if outcome.quiet_cpu is None else f"{max(0, outcome.quiet_cpu) * 100:.0f} %",
            seconds(outcome.recovery),
            ", ".join(f"{name} {value:,}" for name, value in outcome.report.items() if value) + " |",
        ]
    )


def table(outcomes):
    rule = "|" + "---|" * (HEADER.count("|") - 1)
    return "\n".join([HEADER, rule, *(row(outcome) for outcome in outcomes)])


def shares(outcomes):
    """How many attacks slowed honest clients down, and by how much, in a sentence."""
    twice = sum(outcome.ratio <= 2 for outcome in outcomes)
    within = sum(outcome.ratio > 2 and not outcome.is_slow for outcome in outcomes)
    return (
        f"Of {len(outcomes)} p99 {twice} are within twice the calm one, {within} more within {JITTER} ms of it, and "
        f"{len(outcomes) - twice - within} are not."
    )


def document(outcomes, options):
    """All of results/attacks.md. `options` are those of the command that made it."""
    faults = [f"- {outcome.attack.title}: {fault}" for outcome in outcomes for fault in outcome.problems]
    remarks = [f"- {outcome.attack.title}: {word}" for outcome in outcomes for word in outcome.remarks]
    text = [
        "# Attacks",
        "",
        f"{datetime.date.today()}, sources {version('edge')}, on {machine()}. Again: "
        f"`{shlex.join(['Tests/Chaos/attacks', *options])}`; the [README](../README.md#attacks) says what is measured and"
        f" how it is judged. `(!)` is a p99 over twice the calm one and more than {JITTER} ms over it, which must not be"
        " where no reason is known; the first row shows what of a ratio is the measuring's own.",
        "",
        table(outcomes),
        "",
        shares(outcomes),
        "",
        *(["What must not be, and was:", "", *faults] if faults else ["Nothing that must not be was seen."]),
        *(["", "Of some:", "", *remarks] if remarks else []),
    ]
    return "\n".join(text) + "\n"

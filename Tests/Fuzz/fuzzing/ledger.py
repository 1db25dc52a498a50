"""What came of the runs so far: ledger.csv, and RESULTS.md, which adds it up."""

import csv
import subprocess

from fuzzing import FOLDER, REPOSITORY
from fuzzing.corpus import targets

LEDGER = FOLDER / "ledger.csv"
COLUMNS = ["started", "sources", "target", "core_seconds", "executions", "edges", "features", "inputs", "findings"]


def sources_version():
    """What these sources are to git."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return described.stdout.strip()


def write_results(rows):
    """Puts the rows of this run into the ledger, in place of those it wrote before, and makes RESULTS.md of all of it,
    whose text is returned."""
    started = {row["started"] for row in rows}
    ledger = list(csv.DictReader(LEDGER.open())) if LEDGER.exists() else []
    ledger = [row for row in ledger if row["started"] not in started] + [row for row in rows if row["executions"]]
    with LEDGER.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ledger)
    text = document(ledger)
    (FOLDER / "RESULTS.md").write_text(text)
    return text


def document(ledger):
    """A line for each target; its time adds up over runs."""
    lines = [
        "# What fuzzing came to", "",
        "Made by `Tests/Fuzz/run`, from the runs in `ledger.csv`. Edges and inputs are those of a target's last run.", "",
        "| target | core time | executions | edges | inputs | findings | last run |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]  # fmt: skip
    for target in targets():
        of_target = [row for row in ledger if row["target"] == target]
        if not of_target:
            lines.append(f"| `{target}` | none yet | | | | | |")
            continue
        last = of_target[-1]
        minutes = round(sum(int(row["core_seconds"]) for row in of_target) / 60)
        executions = sum(int(row["executions"]) for row in of_target)
        findings = sum(int(row["findings"]) for row in of_target)
        lines.append(
            f"| `{target}` | {minutes} min | {executions:,} | {int(last['edges']):,} | {int(last['inputs']):,} "
            f"| {findings} | {last['started'][:10]}, {last['sources']} |"
        )
    lines += ["", "What was found is mended, and its input is in the target's corpus, which `Tests/run` goes through."]
    return "\n".join(lines) + "\n"

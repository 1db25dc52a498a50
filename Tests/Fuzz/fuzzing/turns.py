"""Targets taking turns with libFuzzer until each has had its time."""

import datetime
import re
import sys
import threading
from pathlib import Path

from fuzzing import FOLDER, SCRATCH
from fuzzing.corpus import Corpus
from fuzzing.ledger import sources_version, write_results

# Of this length, so that a run that is stopped early has tried all of them.
TURN_MINUTES = 10


class Run:
    """One target's time with libFuzzer, in turns."""

    def __init__(self, target, minutes, fuzzer):
        self.target, self.fuzzer, self.corpus = target, fuzzer, Corpus(target)
        self.left = minutes * 60
        self.core_seconds, self.executions, self.coverage = 0, 0, (0, 0, 0)
        self.log = SCRATCH / f"{target}.log"
        self.findings = []

    @property
    def is_over(self):
        # With what was found in its corpus a target fails at once.
        return self.left < 1 or bool(self.findings)

    def take_turn(self):
        end = max(self.left - TURN_MINUTES * 60, 0)
        while self.left - end >= 1 and not self.findings and not self.fuzzer.is_stopping:
            self.fuzz(self.left - end)

    def fuzz(self, seconds):
        options = [
            self.corpus.grown, self.corpus.folder, self.corpus.kept, f"-max_total_time={int(seconds)}",
            f"-artifact_prefix={self.corpus.folder}/found-", "-use_value_profile=1",
        ]  # fmt: skip
        dictionary = FOLDER / "Dictionaries" / f"{self.target}.dict"
        if dictionary.exists():
            options.append(f"-dict={dictionary}")
        used, status, said = self.fuzzer.run(self.target, options, self.log)
        self.core_seconds += used
        self.left -= max(used, 1)
        self.executions += int((re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or ["0"])[-1])
        if seen := re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said):
            self.coverage = tuple(map(int, seen[-1]))
        if artifact := re.search(r"Test unit written to (\S+)", said):
            self.findings.append(Path(artifact[1]))
            print(f"  {self.target}: FOUND {artifact[1]}", file=sys.stderr, flush=True)
        elif status != 0 and not self.fuzzer.is_stopping:
            raise SystemExit(f"{self.target}: libFuzzer ended with {status}\n{said[-3000:]}")

    def row(self, started, sources):
        return {
            "started": started, "sources": sources, "target": self.target, "core_seconds": round(self.core_seconds),
            "executions": self.executions, "edges": self.coverage[0], "features": self.coverage[1],
            "inputs": self.coverage[2], "findings": len(self.findings),
        }  # fmt: skip


def fuzz(arguments, fuzzer):
    """Gives each target of `arguments` its minutes; the files with what was found."""
    sources = sources_version()
    started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    runs = [Run(target, arguments.minutes, fuzzer) for target in arguments.only]
    waiting, failures, lock = list(runs), [], threading.Lock()

    def work():
        while not fuzzer.is_stopping:
            with lock:
                if not waiting:
                    return
                run = waiting.pop(0)
            try:
                run.take_turn()
                with lock:
                    if not run.is_over:
                        waiting.append(run)
                    write_results([run.row(started, sources) for run in runs])
            except BaseException as failure:
                failures.append(failure)
                return
            print(
                f"  {run.target}: {run.executions:,} executions, {run.coverage[0]:,} edges", file=sys.stderr, flush=True
            )

    workers = [threading.Thread(target=work) for _ in range(arguments.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(write_results([run.row(started, sources) for run in runs]), end="")
    for failure in failures:
        raise failure
    return [finding for run in runs for finding in run.findings]

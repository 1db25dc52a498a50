"""Fuzzes each target for so many minutes of one core's time, and adds what came of it to ledger.csv and RESULTS.md.
Ended by Ctrl-C or TERM it still writes both. README.md says what the targets claim."""

import argparse
import signal
import sys

from fuzzing import REPOSITORY
from fuzzing.corpus import Corpus, targets
from fuzzing.libfuzzer import LibFuzzer, build, check_gate
from fuzzing.turns import fuzz


def parse():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=0, help="of one core's time, for each target")
    parser.add_argument("--only", default=",".join(targets()), help="some of " + ",".join(targets()))
    parser.add_argument("--jobs", type=int, default=1, help="how many targets at a time (1)")
    parser.add_argument("--no-build", action="store_true", help="take the program as it was built last")
    parser.add_argument(
        "--keep", action="store_true", help="afterwards, put the inputs that reach farthest into Kept"
    )
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(targets()):
        parser.error(f"--only: {', '.join(sorted(unknown))}: no folder of that name in Tests/Fuzz/Corpora")
    if arguments.minutes < 0 or arguments.jobs < 1 or not (arguments.minutes or arguments.keep):
        parser.error("say for how many minutes, and at least one job; or --keep alone")
    return arguments


def main():
    arguments = parse()
    if not arguments.no_build:
        build()
    fuzzer = LibFuzzer()
    signal.signal(signal.SIGTERM, fuzzer.stop)
    signal.signal(signal.SIGINT, fuzzer.stop)
    check_gate(fuzzer)
    findings = fuzz(arguments, fuzzer) if arguments.minutes else []
    if arguments.keep:
        for target in arguments.only:
            Corpus(target).keep(fuzzer)
    if findings:
        print("\nFound. Each fails in CorpusTests now; README.md says what to do with it:")
        print("\n".join(f"  {finding.relative_to(REPOSITORY)}" for finding in findings))
        sys.exit(1)

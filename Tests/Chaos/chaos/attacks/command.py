"""Attacks on the edge, one after the other, each on a fresh one, with honest clients beside them. README.md says how it
judges."""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from benchmark import servers

from chaos.attacks import judge_cases, report
from chaos.attacks.programs import put_first
from chaos.attacks.run import PACES, run
from chaos.attacks.table import ATTACKS
from chaos.command import OTHER_CORE, RESULTS, add_options, check_judge, choose, leave_edge_its_core

OPEN_FILES = 13_000


def parse():
    parser = argparse.ArgumentParser(prog="attacks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: whether it works, not a result")
    parser.add_argument("--check-judge", action="store_true", help="only try the judge on what is known")
    parser.add_argument("--only", help="some of " + ", ".join(attack.name for attack in ATTACKS))
    parser.add_argument("--results", type=Path, help="where to write the table (results/attacks.md if all were tried)")
    add_options(parser)
    arguments = parser.parse_args()
    arguments.attacks = choose(parser, arguments.only, ATTACKS)
    if not arguments.results and not arguments.only and not arguments.quick:
        arguments.results = RESULTS / "attacks.md"
    return arguments


def open_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < OPEN_FILES:
        raise SystemExit(f"The attacks need {OPEN_FILES:,} open files (ulimit -Hn), not {hard:,}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))


def run_all(arguments, binary, folder):
    upstream = servers.start_upstream(folder / "upstream", OTHER_CORE)
    outcomes = []
    try:
        put_first(*upstream.process.tree())
        certificate = servers.Certificate(folder / "certificate")
        print(report.HEAD_LINE)
        for attack in arguments.attacks:
            outcome = try_once(attack, arguments, binary, upstream, certificate, folder)
            if outcome.deserves_another_try:
                # A shared machine stands still now and then. What is the edge's comes again.
                first = "; ".join(outcome.delays)
                outcome = try_once(attack, arguments, binary, upstream, certificate, folder)
                outcome.remarks.append(f"tried twice; the first time: {first}")
            outcomes.append(outcome)
    finally:
        upstream.stop()
    return outcomes


def try_once(attack, arguments, binary, upstream, certificate, folder):
    """The outcome, which is said."""
    outcome = run(attack, PACES[arguments.quick], binary, upstream, certificate, folder / attack.name)
    shutil.rmtree(folder / attack.name, ignore_errors=True)
    print(report.line(outcome), flush=True)
    for word in (*outcome.problems, *outcome.remarks):
        print(f"  {word}", flush=True)
    return outcome


def main():
    arguments = parse()
    check_judge(judge_cases.problems())
    if arguments.check_judge:
        print(f"The judge is right about each of {len(judge_cases.CASES + judge_cases.REMARKS)} attacks that are known.")
        return
    binary = leave_edge_its_core(arguments, "nginx", "openssl")
    open_files()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("took far too long"))
    signal.alarm(120 + int(sum(2 * (attack.seconds + 30) for attack in arguments.attacks)))
    folder = Path(tempfile.mkdtemp(prefix="plunk-edge-attacks-"))
    try:
        outcomes = run_all(arguments, binary, folder)
    except KeyboardInterrupt:
        sys.exit("ended")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.results:
        arguments.results.write_text(report.document(outcomes, sys.argv[1:]))
    sys.exit(1 if any(outcome.problems for outcome in outcomes) else 0)

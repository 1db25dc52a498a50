"""What the commands have in common: their options, the program that they try, the cores that they need, and where their
results go."""

import argparse
import os
from pathlib import Path

from benchmark import packages
from benchmark.servers import EDGE

RESULTS = Path(__file__).resolve().parent.parent / "results"
# Where the edge is pinned, that is its core, and everything else has the other one.
EDGE_CORE, OTHER_CORE = 0, 1


def add_options(parser: argparse.ArgumentParser):
    """What every command takes to find its edge."""
    parser.add_argument("--binary", type=Path, help="the edge to try; without it deploy/build builds it")
    parser.add_argument("--no-build", action="store_true", help="take the edge as it was built last")


def choose(parser, only, known):
    """Those of `known`, which have names, that `--only` lists; all of them without it."""
    names = [one.name for one in known]
    chosen = only.split(",") if only else names
    if unknown := set(chosen) - set(names):
        parser.error(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(names)}")
    return [one for one in known if one.name in chosen]


def find_binary(arguments):
    """The program to try, built if need be."""
    if not arguments.binary and not arguments.no_build:
        packages.build_edge()
    binary = (arguments.binary or EDGE).resolve()
    if not os.access(binary, os.X_OK):
        raise SystemExit(f"There is no program {binary}: leave --no-build out, or name one with --binary")
    return binary


def check_judge(problems):
    """Ends the program if there are any: a judge that is wrong about what is known proves nothing."""
    if problems:
        raise SystemExit("\n".join(problems))


def leave_edge_its_core(arguments, *programs):
    """Installs `programs` of Debian, and leaves the edge's core to the program to try, which is returned."""
    if not {EDGE_CORE, OTHER_CORE} <= os.sched_getaffinity(0):
        raise SystemExit("This needs cores 0 and 1: the edge on one, everything else on the other")
    packages.install(*programs)
    binary = find_binary(arguments)
    os.sched_setaffinity(0, {OTHER_CORE})
    return binary

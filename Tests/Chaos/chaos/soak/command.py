"""The edge under a realistic mixture for an hour. README.md says what is in it and how it is judged."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from benchmark import servers

from chaos.command import EDGE_CORE, OTHER_CORE, RESULTS, add_options, check_judge, leave_edge_its_core
from chaos.edge import Edge, configuration
from chaos.soak import course, judge_cases, report

# A few rotations a minute, of which only the last are kept; upstream connections that go soon when nobody needs them;
# keys and limits as people have them, wide enough for load that comes from one machine.
SETTINGS = {
    "keys": [{"name": "web", "accepts": ["pk_" + "0123456789abcdef" * 4]}, {"name": "mobile", "accepts": ["pk_mobile"]}],
    "origins": ["same-origin", "https://*.example.com"],
    "upstream": {"connections": {"idle": "5s", "lifetime": "1m"}},
    "limits": {"perClient": {"rate": "20000/s", "burst": 20000}, "timeouts": {"idle": "2m"}},
    "accessLog": {"maxSize": "100MiB", "keep": 3},
}


def parse():
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=60, help="how long the mixture runs (60)")
    parser.add_argument("--check-judge", action="store_true", help="only try the judge on samples that are known")
    add_options(parser)
    parser.add_argument(
        "--results", type=Path, help="where to write (results/ if it was an hour or more, else a folder that is named at the end)"
    )
    arguments = parser.parse_args()
    if not 0.5 <= arguments.minutes <= 24 * 60:
        parser.error("from half a minute to a day")
    return arguments


def run(arguments, binary, folder, running, stopped):
    """The course, and the edge's exit code."""
    upstream = servers.start_upstream(folder / "upstream", OTHER_CORE)
    running.append(upstream)
    certificate = servers.Certificate(folder / "certificate")
    settings = configuration(f"http://127.0.0.1:{upstream.port}", certificate, SETTINGS)
    edge = Edge(binary, folder / "edge", settings, before=("taskset", "--cpu-list", str(EDGE_CORE)))
    running.append(edge)
    edge.wait_until_ready()
    seen = course.Course()
    print("measuring capacity", flush=True)
    course.measure_capacity(edge, certificate, seen, OTHER_CORE, folder, stopped)
    if stopped():
        raise SystemExit("ended before the mixture began: there is nothing to write")
    seen.before = course.wait_for_rest(edge)
    print(
        f"most {seen.most:,.0f}/s, capacity {seen.capacity:,.0f}/s; "
        f"{arguments.minutes:g} minutes at {course.SHARE_OF_CAPACITY:.0%} of it",
        flush=True,
    )
    try:
        course.soak(edge, upstream, certificate, seen, arguments.minutes * 60, OTHER_CORE, folder, stopped)
    except OSError as error:
        if edge.process.is_running():
            raise
        raise SystemExit(f"The edge has ended ({error}):\n{edge.said()[-3000:]}") from error
    exit_code = edge.stop()
    running.remove(edge)
    return seen, exit_code


def main():
    arguments = parse()
    check_judge(judge_cases.problems())
    if arguments.check_judge:
        print(f"The judge is right about each of {len(judge_cases.CASES + judge_cases.RESTS)} soaks that are known.")
        return
    binary = leave_edge_its_core(arguments, "nginx", "nghttp2-client", "openssl", "wrk")
    asked_to_stop = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked_to_stop.append(number))
    folder, running = Path(tempfile.mkdtemp(prefix="plunk-edge-soak-")), []
    try:
        seen, exit_code = run(arguments, binary, folder, running, lambda: bool(asked_to_stop))
    finally:
        for server in reversed(running):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    command = f"Tests/Chaos/soak {arguments.minutes:g}"
    # A short run is no record, nor is one that was ended early.
    keeps = arguments.minutes >= 60 and not seen.early
    results = arguments.results or (RESULTS if keeps else Path(tempfile.mkdtemp(prefix="plunk-edge-soak-")))
    fine, problems = report.write(seen, exit_code, command, results, built=not arguments.binary)
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    print(f"{'holds' if fine else 'does not hold'}: {results / 'soak.md'}")
    sys.exit(0 if fine else 1)

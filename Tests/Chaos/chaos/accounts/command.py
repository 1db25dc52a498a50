"""Sends numbered events through the edge while everything around it fails, and balances the books of clients, upstream
and access log. README.md says what is claimed and how it is judged."""

import argparse
import asyncio
import resource
import shutil
import signal
import ssl
import sys
import tempfile
import time
from pathlib import Path

from benchmark import packages
from benchmark.servers import Certificate

from chaos.accounts import judge_cases, report
from chaos.accounts.faults import FAULTS
from chaos.accounts.names import Names, own_mounts
from chaos.command import RESULTS, add_options, check_judge, choose, find_binary

EVENTS, SECONDS = 3000, 9
QUICK_EVENTS, QUICK_SECONDS = 400, 1.6
# Faults at a time: a quick one is mostly waiting.
LANES, QUICK_LANES = 1, 2


def parse():
    parser = argparse.ArgumentParser(prog="accounts", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer events, in half a minute; writes no results")
    parser.add_argument("--only", help="some faults, with commas between them")
    parser.add_argument("--seed", default="1", help="of the mixture (1)")
    parser.add_argument("--check-judge", action="store_true", help="only show the judge books that do not balance")
    parser.add_argument("--list", action="store_true", help="only list the faults")
    parser.add_argument("--keep", action="store_true", help="keep configurations and logs, and say where")
    add_options(parser)
    arguments = parser.parse_args()
    arguments.events = QUICK_EVENTS if arguments.quick else EVENTS
    arguments.seconds = QUICK_SECONDS if arguments.quick else SECONDS
    arguments.faults = choose(parser, arguments.only, FAULTS)
    return arguments


def make_upstream_tls(options):
    """For names: a certificate of its own."""
    options.upstream_certificate = Certificate(options.folder / "upstream", "*.plunk.test")
    options.upstream_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    options.upstream_tls.load_cert_chain(options.upstream_certificate.certificate, options.upstream_certificate.key)


async def run_fault(fault, options):
    # Its HTTP/2 is Debian's, which `main` has installed by now.
    from chaos.accounts.scene import Scene

    began = time.monotonic()
    scenes = [Scene(fault, idempotency, options) for idempotency in ("add", "pass")]
    verdicts = await asyncio.gather(*(scene.run() for scene in scenes))
    row = report.Row(fault, scenes, list(verdicts), time.monotonic() - began)
    found = ", ".join(f"{kind} {row.findings(kind)}" for kind in report.KINDS)
    print(f"{fault.name:18}{row.events:7,} events in {row.seconds:4.1f} s: {found}", file=sys.stderr, flush=True)
    return row


async def run_all(options):
    if any(fault.is_upstream_tls and fault.is_for_root for fault in options.faults):
        options.names = await Names.open(options.folder)
    places = asyncio.Semaphore(QUICK_LANES if options.quick else LANES)

    async def in_turn(fault):
        async with places:
            return await run_fault(fault, options)

    return await asyncio.gather(*map(in_turn, options.faults))


def main():
    options = parse()
    if options.list:
        for fault in options.faults:
            print(f"{fault.name:18}{fault.what}")
        return
    check_judge(judge_cases.problems())
    print(f"The judge finds each of {len(judge_cases.WRONG)} wrong books, and nothing in right ones.", flush=True)
    if options.check_judge:
        return
    options.binary_given = options.binary is not None
    options.binary = find_binary(options)
    packages.install("openssl", "libfaketime", "python3-h2", "util-linux")
    left_out = []
    if any(fault.is_for_root for fault in options.faults) and not own_mounts():
        left_out = [fault.name for fault in options.faults if fault.is_for_root]
        options.faults = [fault for fault in options.faults if not fault.is_for_root]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    options.folder = Path(tempfile.mkdtemp(prefix="plunk-edge-accounts-"))
    try:
        options.certificate = Certificate(options.folder / "certificate")
        make_upstream_tls(options)
        rows = asyncio.run(run_all(options))
    finally:
        if options.keep:
            print(f"configurations and logs: {options.folder}", file=sys.stderr)
        else:
            shutil.rmtree(options.folder, ignore_errors=True)
    print(report.for_terminal(rows))
    if left_out:
        print(f"Left out, since they need root and mounts of their own: {', '.join(left_out)}")
    problems = report.describe_findings(rows)
    if problems:
        sys.exit(f"\nThe books do not balance.\n\n{problems}")
    if not options.quick and not options.only:
        (RESULTS / "accounts.md").write_text(report.document(rows, left_out, options.binary_given))

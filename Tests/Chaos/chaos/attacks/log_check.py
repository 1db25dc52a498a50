"""What an attack has left in the access log."""

import json
import re
import subprocess

REQUIRED = {"v", "time", "request_id", "client", "outcome"}
CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


def check_log(binary, path, show=False):
    """What is wrong with it: lines that are no record, and, with `show`, control characters in what `logs` shows."""
    faults, count = [], 0
    with path.open("rb") as lines:
        for line in lines:
            count += 1
            try:
                record = json.loads(line)
                if missing := REQUIRED - record.keys():
                    raise ValueError(f"without {', '.join(sorted(missing))}")
            except ValueError as error:
                faults.append(f"line {count} of the log: {error}: {line[:200]!r}")
            if CONTROL.search(line):
                faults.append(f"line {count} of the log has a control character: {line[:200]!r}")
            if b"sk_CANARY" in line:
                faults.append(f"line {count} of the log has the planted secret")
            if len(faults) > 3:
                break
    if show:
        faults += check_view(binary, path, count)
    return faults


def check_view(binary, path, count):
    faults = []
    for output in ("table", "wide", "json"):
        command = [binary, "logs", path, "--output", output]
        shown = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if shown.returncode != 0:
            faults.append(f"logs --output {output} ends with {shown.returncode}: {shown.stderr[-200:]!r}")
        if found := CONTROL.search(shown.stdout + shown.stderr):
            faults.append(f"logs --output {output} shows a control character: {shown.stdout[found.start() - 60:][:120]!r}")
        lines = len(shown.stdout.splitlines())
        if lines < count:
            faults.append(f"logs --output {output} shows {lines} of {count} lines")
    return faults

"""The program of the targets, built with libFuzzer, and how it is run."""

import os
import shutil
import signal
import subprocess
import threading

from fuzzing import REPOSITORY, SCRATCH

PROGRAM = SCRATCH / "release" / "fuzz"
# Without the places where memory was allocated, which take a tenth of the time: a finding is run again to be read.
SANITIZER_OPTIONS = "detect_leaks=0:malloc_context_size=0"
# A reader that needs longer for one input than this, or more memory, has a bug. The clock is the wall's, and the machine
# may be busy.
TIMEOUT_SECONDS, MEMORY_MIB, MAXIMUM_LENGTH = 60, 2048, 8192


def build():
    """With libFuzzer's coverage and AddressSanitizer, for much is read through pointers, and with assertions."""
    command = [
        "swift", "build", "--quiet", "--configuration", "release", "--scratch-path", str(SCRATCH), "--product", "fuzz",
        # `--sanitize fuzzer` leaves `main` to libFuzzer; only the last -sanitize counts for the compiler.
        "--sanitize", "fuzzer", "-Xswiftc", "-sanitize=fuzzer,address", "-Xswiftc", "-assert-config", "-Xswiftc", "Debug",
        # The targets look into modules, which a release lets nobody do.
        "-Xswiftc", "-enable-testing",
    ]  # fmt: skip
    subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "PLUNK_EDGE_FUZZ": "1"}, check=True)


class LibFuzzer:
    """Starts the program, and ends what runs of it when this command is to end."""

    def __init__(self):
        self.running, self.lock, self.is_stopping = set(), threading.Lock(), False

    def stop(self, *_):
        self.is_stopping = True
        for process in list(self.running):
            # What libFuzzer takes for a wish to end, after this input and with its figures.
            process.send_signal(signal.SIGUSR1)

    def run(self, target, options, log):
        """The seconds of processor time, the status and all that was said."""
        command = [
            str(PROGRAM), *map(str, options), f"-timeout={TIMEOUT_SECONDS}", f"-rss_limit_mb={MEMORY_MIB}",
            f"-max_len={MAXIMUM_LENGTH}", "-print_final_stats=1",
        ]  # fmt: skip
        environment = {
            **os.environ, "PLUNK_EDGE_FUZZ_TARGET": target, "ASAN_OPTIONS": SANITIZER_OPTIONS,
            "SWIFT_BACKTRACE": "enable=no",
        }  # fmt: skip
        with open(log, "wb") as file:
            with self.lock:
                if self.is_stopping:
                    return 0, 0, ""
                # A session of its own: Ctrl-C is for this command, which then asks.
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment, start_new_session=True
                )
                self.running.add(process)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.running.discard(process)
        return usage.ru_utime + usage.ru_stime, process.returncode, log.read_text(errors="replace")


def check_gate(fuzzer):
    """A fuzzer that finds nothing may be one that does nothing: it has to find a bug that was planted."""
    corpus = SCRATCH / "gate"
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    options = [corpus, "-max_total_time=120", f"-artifact_prefix={corpus}/found-", "-use_value_profile=1"]
    _, status, said = fuzzer.run("planted-bug", options, SCRATCH / "gate.log")
    if not fuzzer.is_stopping and (status == 0 or "this is the bug that was planted" not in said):
        raise SystemExit(f"The bug that was planted was not found (status {status}):\n{said[-3000:]}")

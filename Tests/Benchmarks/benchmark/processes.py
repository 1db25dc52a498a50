"""Servers under measurement: pinned to a core, watched through /proc, ended with this program whatever happens."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
MEBIBYTE = 1024 * 1024


class Process:
    """One server and the workers it starts. `output` is appended to; without one it goes to `<name>.out`. Without a core
    it may run on any; `descriptors` are those of this program that it gets."""

    def __init__(self, name, command, core, folder, environment=None, output=None, descriptors=()):
        self.name = name
        self.output = Path(folder) / (output or f"{name}.out")

        def prepare():
            if core is not None:
                os.sched_setaffinity(0, {core})
            # prctl(2): should this program be killed, the server gets SIGTERM.
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        with open(self.output, "ab") as output, open(Path(folder) / f"{name}.err", "ab") as errors:
            self.errors = Path(errors.name)
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                # Ctrl-C reaches this program only, which then ends its servers in order.
                start_new_session=True,
                pass_fds=descriptors,
                preexec_fn=prepare,
            )

    @property
    def pid(self):
        return self._process.pid

    def is_running(self):
        return self._process.poll() is None

    def tree(self):
        """The process ids of the server and everything below it."""
        found = [self.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found.extend(int(child) for child in children.read_text().split())
                except OSError:
                    # The thread has just ended.
                    continue
        return found

    def cpu_seconds(self):
        """User and system time spent so far (proc(5), fields 14 and 15 of stat), each over the whole tree."""
        user, system = 0, 0
        for pid in self.tree():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            user += int(fields[11])
            system += int(fields[12])
        return user / TICKS_PER_SECOND, system / TICKS_PER_SECOND

    def resident_bytes(self):
        """Resident memory of the process that serves, which is the largest of the tree."""
        return max(self._resident_bytes(pid) for pid in self.tree())

    @staticmethod
    def _resident_bytes(pid):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self, seconds=5):
        """TERM, and KILL if that takes longer; the exit code."""
        if not self.is_running():
            return self._process.returncode
        tree = self.tree()
        self._process.terminate()
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            for pid in tree:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self._process.wait()
        return self._process.returncode

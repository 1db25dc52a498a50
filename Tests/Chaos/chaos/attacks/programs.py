"""The honest clients and the attacker, each a program of its own, as seen from the one that started them."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent.parent
# Before whatever else this machine does, if it may be (else nice(1) says that it may not, and goes on).
FIRST = -15
ALONE = "Try it alone: Tests/Chaos/attacks --only NAME"


def put_first(*pids):
    for pid in pids:
        try:
            os.setpriority(os.PRIO_PROCESS, pid, FIRST)
        except OSError:
            return


class Program:
    """A module of this room that runs by itself, and says lines of JSON."""

    def __init__(self, module, *arguments):
        command = [sys.executable, "-B", "-m", f"chaos.attacks.{module}", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Honest(Program):
    """The honest clients."""

    def __init__(self, edge, certificate):
        super().__init__("honest", edge.port, edge.tls_port, certificate)
        put_first(self.process.pid)

    def end(self):
        """Their samples."""
        said, _ = self.process.communicate(timeout=60)
        return [json.loads(line) for line in said.splitlines()]


class Attacker(Program):
    """One attack."""

    def __init__(self, edge, certificate, attack, seconds, scale):
        super().__init__("attacker", attack.name, edge.port, edge.tls_port, certificate, seconds, scale)

    def next_word(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise SystemExit(f"The attacker says nothing. {ALONE}")
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The attacker has ended: its error stands above. {ALONE}")
        return json.loads(line)

"""The edge under test: the real release binary, its configuration, its figures from /proc, and its end."""

import json
import os
import re
import signal
import time
import urllib.request
from pathlib import Path

from benchmark.processes import Process

ACCESS_LOG = "access.log"
# The metric that counts log lines which could not be written.
DROPPED = "plunk_edge_access_log_dropped_total"


def configuration(upstream, certificate=None, changes=None):
    """A listener in clear text, one with TLS where there is a certificate (benchmark.servers.Certificate), an admin
    listener, no limits per client, and `changes` (nested as the configuration is)."""
    listeners = [{"address": "127.0.0.1:0"}]
    if certificate:
        pair = {"certificate": str(certificate.certificate), "privateKey": str(certificate.key)}
        listeners.append({"address": "127.0.0.1:0", "tls": {"certificates": [pair]}})
    return merged(
        {
            "listeners": listeners,
            "upstream": {"url": upstream},
            "limits": {"perClient": None, "connectionsPerClient": 10_000},
            "admin": {"address": "127.0.0.1:0"},
            "accessLog": {"path": ACCESS_LOG, "maxSize": "64GiB"},
        },
        changes or {},
    )


def merged(settings, changes):
    result = dict(settings)
    for name, value in changes.items():
        old = result.get(name)
        result[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


class Edge:
    """One running edge. Give it a folder of its own; the access log, `config.json` and what it says lie there."""

    def __init__(self, binary, folder, settings, *, open_files=None, environment=None, sockets=(), before=()):
        """Starts it, without waiting.

        - settings: from `configuration`.
        - open_files: its soft and hard limit of descriptors, as one number.
        - sockets: listening sockets that it gets as systemd hands them over (sd_listen_fds(3)).
        - before: words to put before the command, of a program that becomes the edge by exec.
        """
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.access_log = self.folder / ACCESS_LOG
        self.settings = settings
        self.configure(settings)
        command = [*before, str(binary), "serve", "--config", str(self.folder / "config.json")]
        if open_files:
            command = ["prlimit", f"--nofile={open_files}:{open_files}", *command]
        numbers = [descriptor.fileno() for descriptor in sockets]
        if sockets:
            command = [*handing_over(numbers), *command]
        errors = self.folder / "edge.err"
        self._said_before = errors.stat().st_size if errors.exists() else 0
        self.process = Process("edge", command, None, self.folder, environment, descriptors=tuple(numbers))
        self.port = self.tls_port = self.admin_port = None

    def configure(self, settings):
        """Writes the configuration file, whole or not at all; `reload` makes the edge take it over."""
        self.settings = settings
        new = self.folder / "config.json.new"
        new.write_text(json.dumps(settings, indent=2))
        new.replace(self.folder / "config.json")

    # What it says

    def said(self):
        """What it has written to standard error since its start."""
        with self.process.errors.open("rb") as errors:
            errors.seek(self._said_before)
            return errors.read().decode(errors="replace")

    def wait_until_ready(self, seconds=20):
        """Returns when it listens, with `port`, `tls_port` and `admin_port` filled in, itself."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise SystemExit(f"The edge does not start:\n{self.said()[-3000:]}")
            time.sleep(0.005)
        return self

    def is_ready(self):
        """Whether it listens; then the ports are known."""
        said = self.said()
        # The last line of its greeting.
        if "plunk-edge: version" not in said:
            if not self.process.is_running():
                raise SystemExit(f"The edge does not start:\n{said[-3000:]}")
            return False
        listening = re.search(r"listening on (.*)", said)[1]
        plain, tls = (re.findall(rf"\b{scheme}://[^,\s]*:(\d+)", listening) for scheme in ("http", "https"))
        admin = re.search(r"admin on http://\S*:(\d+)", said)
        self.port = int(plain[0]) if plain else None
        self.tls_port = int(tls[0]) if tls else None
        self.admin_port = int(admin[1]) if admin else None
        return True

    def admin(self, path, seconds=5):
        """The text of a path of the admin listener; raises OSError where there is no answer of 200."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=seconds) as answer:
            return answer.read().decode()

    def metrics(self):
        """Each sample of /metrics by its name and labels, as they stand there."""
        lines = (line for line in self.admin("/metrics").splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    # Its figures. All raise OSError once it has ended.

    def _status(self, name):
        """A number of /proc/PID/status (proc(5)); memory is in KiB there."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s*(\d+)", text, re.MULTILINE)[1])

    def resident_bytes(self):
        return self._status("VmRSS") * 1024

    def peak_resident_bytes(self):
        return self._status("VmHWM") * 1024

    def threads(self):
        return self._status("Threads")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        """User and system time since its start, in one."""
        return sum(self.process.cpu_seconds())

    # Signals

    def signal(self, number):
        os.kill(self.process.pid, number)

    def reload(self, settings=None):
        """HUP, with another configuration if one is given. What comes of it is said on standard error."""
        if settings:
            self.configure(settings)
        self.signal(signal.SIGHUP)

    def stop(self, seconds=30):
        """TERM, and its exit code; killed, and an exit code below zero, if it takes longer than that."""
        return self.process.stop(seconds)


def handing_over(numbers):
    """The beginning of a command that gets these descriptors as 3 and on (bash counts well above them)."""
    spare = max(numbers) + len(numbers) + 10
    moves = [f"exec {spare + index}<&{number}" for index, number in enumerate(numbers)]
    moves += [f"exec {3 + index}<&{spare + index} {spare + index}<&-" for index in range(len(numbers))]
    script = "; ".join([*moves, f'LISTEN_PID=$$ LISTEN_FDS={len(numbers)} exec "$@"'])
    return ["bash", "-c", script, "edge"]

"""The upstream, the edge and its peers: how each is configured and started. All listen on loopback only."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from benchmark.exchange import exchange, request
from benchmark.processes import Process

FOLDER = Path(__file__).resolve().parent.parent
REPOSITORY = FOLDER.parent.parent
CONFIGURATIONS = FOLDER / "configurations"
EDGE = REPOSITORY / ".build" / "release" / "plunk-edge"
# Idle upstream connections for the proxies that open one for every request under way. The edge and HAProxy have 64 at
# most and let requests wait.
KEEPALIVE = 256
# How many clients each proxy is told to expect; the memory that nginx takes at start grows with it.
CONNECTIONS = 4096
# Bytes of standard output are HAProxy's access log; the others write the file themselves.
ACCESS_LOG = "access.log"
# The first of Mozilla's intermediate list, and what Go prefers.
CIPHER = "TLS_AES_128_GCM_SHA256"

NAMES = ["edge", "nginx", "haproxy", "caddy"]
TITLES = {"edge": "plunk-edge", "nginx": "nginx", "haproxy": "HAProxy", "caddy": "Caddy"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configure(template, folder, **values):
    """Writes `template` into `folder` with each @NAME@ filled in; the path of the copy."""
    text = (CONFIGURATIONS / template).read_text()
    text = re.sub(r"@([A-Z]+)@", lambda match: str(values[match[1]]), text)
    path = Path(folder) / template
    path.write_text(text)
    return path


class Server:
    """A running server, its ports and its folder."""

    def __init__(self, name, port, process, folder, tls_port=None):
        self.name = name
        self.port = port
        self.tls_port = tls_port
        self.process = process
        self.access_log = Path(folder) / ACCESS_LOG

    def wait_until_answering(self, seconds=10):
        """Returns after the first right answer to a request that is forwarded."""
        deadline = time.monotonic() + seconds
        problem = "no answer"
        while time.monotonic() < deadline and self.process.is_running():
            try:
                status, _, body = exchange(self.port, request())
                if status == 200:
                    return
                problem = f"{status} {body[:200]!r}"
            except OSError as error:
                problem = str(error)
            time.sleep(0.001)
        said = self.process.errors.read_text(errors="replace") + self.process.output.read_text(errors="replace")
        raise SystemExit(f"{self.name} does not answer: {problem}\n{said[-2000:]}")

    def stop(self):
        self.process.stop()


def start_upstream(folder, core):
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    path = configure("upstream.conf", folder, PORT=port)
    command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(path)]
    return Server("upstream", port, Process("upstream", command, core, folder), folder)


class Certificate:
    """A self-signed ECDSA P-256 certificate that all proxies show, and what each wants of it in a file."""

    def __init__(self, folder, *names):
        """For localhost, and `names`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key, self.bundle = (folder / f"edge.{name}" for name in ("crt", "key", "pem"))
        others = "".join(f",DNS:{name}" for name in names)
        command = [
            program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", f"subjectAltName=DNS:localhost,IP:127.0.0.1{others}",
            "-keyout", self.key, "-out", self.certificate,
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, check=True)
        self.bundle.write_text(self.certificate.read_text() + self.key.read_text())


def start(name, folder, upstream, certificate, core, edge=(EDGE,), connections=CONNECTIONS):
    """Starts one proxy, without waiting for it. `edge` is how the edge's program is called."""
    folder.mkdir(parents=True, exist_ok=True)
    port, tls_port = free_port(), free_port()
    template = {"edge": "edge.json", "nginx": "nginx.conf", "haproxy": "haproxy.cfg", "caddy": "Caddyfile"}[name]
    values = {
        "PORT": port, "TLS": tls_port, "UPSTREAM": upstream.port, "KEEPALIVE": KEEPALIVE, "CONNECTIONS": connections,
        "CERTIFICATE": certificate.certificate, "KEY": certificate.key, "BUNDLE": certificate.bundle,
    }  # fmt: skip
    path = str(configure(template, folder, **values))
    environment, output = {}, None
    if name == "edge":
        command = [*map(str, edge), "serve", "--config", path]
    elif name == "nginx":
        command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", path]
    elif name == "haproxy":
        command = [program("haproxy"), "-f", path]
        output = ACCESS_LOG
    else:
        command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", path]
        environment = {"GOMAXPROCS": "1", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    process = Process(name, command, core, folder, environment, output)
    return Server(name, port, process, folder, tls_port)


# Debian keeps servers in /usr/sbin, which is not in everybody's PATH.
PROGRAM_FOLDERS = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


def program(name):
    found = shutil.which(name, path=PROGRAM_FOLDERS)
    if found is None:
        raise SystemExit(f"{name} is not installed")
    return found


def version(name):
    if name == "edge":
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        return described.stdout.strip()
    arguments = {"nginx": ["-v"], "haproxy": ["-v"], "caddy": ["version"], "wrk": ["-v"],
                 "h2load": ["--version"], "openssl": ["version"]}[name]  # fmt: skip
    shown = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False)
    number = re.search(r"\d+\.\d+\.\d+", shown.stdout + shown.stderr)
    return number[0] if number else "unknown"

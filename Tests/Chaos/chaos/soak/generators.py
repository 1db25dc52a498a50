"""The bulk of the mixture: wrk for HTTP/1.1 in clear text and over TLS, h2load for HTTP/2, both paced by a clock."""

import json
import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

from benchmark.exchange import BODY, FIELDS, PUBLIC_KEY
from benchmark.processes import Process
from benchmark.servers import program

MIXTURE = Path(__file__).with_name("mixture.lua")
# Shares of the whole rate.
PLAIN, TLS, HTTP2, HTTP2_REFUSED = 0.60, 0.22, 0.15, 0.03
PLAIN_CONNECTIONS, TLS_CONNECTIONS, HTTP2_CONNECTIONS, STREAMS = 96, 48, 4, 24
# So long does h2load keep its connections; the edge ends one after 100,000 requests.
SEGMENT = 30


def requests_of(rate):
    """Names and requests per second of each generator of a mixture."""
    return {
        "HTTP/1.1": rate * PLAIN,
        "HTTP/1.1 over TLS": rate * TLS,
        "HTTP/2": rate * HTTP2,
        "HTTP/2, refused": rate * HTTP2_REFUSED,
    }


class Wrk:
    """HTTP/1.1 over connections that stay, most of them; the requests of `mixture.lua`."""

    def __init__(self, name, address, connections, rate, seconds, core, folder):
        self.name, self._was_cut_off = name, False
        # It is quiet in the last second.
        command = [
            program("wrk"), "-t1", f"-c{connections}", f"-d{seconds + 2:.0f}s", "--timeout", "5s", "-s", str(MIXTURE),
            address, "--", str(rate), str(seconds),
        ]  # fmt: skip
        self._process = Process(f"wrk-{name.replace('/', '').replace(' ', '-')}", command, core, folder)

    def tend(self):
        return self._process.is_running()

    def cut_off(self):
        """Ends it early. Requests under way are lost to its count."""
        if self._process.is_running():
            self._was_cut_off = True
            os.kill(self._process.pid, signal.SIGINT)
            deadline = time.monotonic() + 5
            while self._process.is_running() and time.monotonic() < deadline:
                time.sleep(0.02)
        self._process.stop()

    def counted(self):
        """Answers by kind, and what went wrong in words. After its end."""
        shown = self._process.output.read_text(errors="replace")
        report = shown.strip().rpartition("\n")[2]
        if not report.startswith("{"):
            said = self._process.errors.read_text(errors="replace")
            return Counter(), [f"wrk, {self.name}, ended without a report: {shown[-500:]}{said[-500:]}"]
        result = json.loads(report)
        wrong = [f"{self.name}: {result[name]} errors of {name}" for name in ("connect", "read", "write", "timeout")
                 if result[name]]  # fmt: skip
        if result["wrong"]:
            wrong.append(f"{self.name}: {result['wrong']} wrong answers, as {result['sample'][:300]}")
        for kind, count in result["sent"].items():
            if count != result["answered"][kind] and not self._was_cut_off:
                wrong.append(f"{self.name}: {count} of {kind} sent, {result['answered'][kind]} answered as such")
        return Counter(result["answered"]), wrong


class H2load:
    """HTTP/2 over TLS: one segment after the other, each with new connections and a number of requests that all have
    their answer at its end."""

    def __init__(self, name, address, kind, rate, seconds, core, folder):
        self.name, self._address, self._kind, self._rate = name, address, kind, rate
        self._core, self._folder = core, Path(folder)
        self._until = time.monotonic() + seconds
        self._segments, self._process = 0, None
        self._answered, self._wrong = Counter(), []
        self._body = self._folder / "body.json"
        self._body.write_bytes(BODY)

    def tend(self):
        """Starts the next segment where one has ended; false after the last one."""
        if self._process and self._process.is_running():
            return True
        if self._process:
            self._count()
        left = self._until - time.monotonic()
        if left < 1:
            return False
        self._start(min(SEGMENT, left))
        return True

    def _start(self, seconds):
        each = max(1, round(self._rate * seconds / HTTP2_CONNECTIONS))
        self._asked = each * HTTP2_CONNECTIONS
        self._segments += 1
        authorization = [f"Authorization: Bearer {PUBLIC_KEY}"] if self._kind == "valid" else []
        fields = [*FIELDS, "Origin: https://app.example.com", *authorization]
        command = [
            program("h2load"), f"-n{self._asked}", f"-c{HTTP2_CONNECTIONS}", f"-m{STREAMS}",
            f"--rps={max(1, round(self._rate / HTTP2_CONNECTIONS))}", "-d", str(self._body),
            *(f"-H{field}" for field in fields), self._address,
        ]  # fmt: skip
        self._process = Process(f"h2load-{self._kind}-{self._segments}", command, self._core, self._folder)

    def _count(self):
        process, self._process = self._process, None
        shown = process.output.read_text(errors="replace")
        counts = Counter({name: int(count) for count, name in re.findall(
            r"(\d+) (succeeded|failed|errored|timeout|[2-5]xx)\b", shown)})  # fmt: skip
        right = counts["2xx" if self._kind == "valid" else "4xx"]
        if right != self._asked or "Application protocol: h2" not in shown:
            said = process.errors.read_text(errors="replace")
            self._wrong.append(f"{self.name}: {right} of {self._asked} answered as {self._kind}: {shown[-700:]}{said[-300:]}")
        self._answered[self._kind] += right
        process.output.unlink()
        process.errors.unlink()

    def cut_off(self):
        """Ends it early. What the last segment has asked is lost to the count."""
        if self._process:
            self._process.stop()
            self._process = None
        self._until = 0

    def counted(self):
        return self._answered, self._wrong


def start(edge, rate, seconds, core, folder):
    """All generators of a mixture of so many requests per second in all."""
    folder.mkdir(parents=True, exist_ok=True)
    plain, tls = f"http://127.0.0.1:{edge.port}", f"https://127.0.0.1:{edge.tls_port}"
    rates = requests_of(rate)
    endpoint = f"{tls}/v1/track"
    return [
        Wrk("HTTP/1.1", plain, PLAIN_CONNECTIONS, rates["HTTP/1.1"], seconds, core, folder),
        Wrk("HTTP/1.1 over TLS", tls, TLS_CONNECTIONS, rates["HTTP/1.1 over TLS"], seconds, core, folder),
        H2load("HTTP/2", endpoint, "valid", rates["HTTP/2"], seconds, core, folder),
        H2load("HTTP/2, refused", endpoint, "no_key", rates["HTTP/2, refused"], seconds, core, folder),
    ]

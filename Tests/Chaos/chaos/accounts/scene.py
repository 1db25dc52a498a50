"""One run: an upstream, an edge in front of it, a stream of events, and the books of the three at its end."""

import asyncio
import gzip
import json
import random
import re

from chaos.accounts.books import Book
from chaos.accounts.judge import Finding, judge
from chaos.accounts.stream import Stream
from chaos.accounts.upstream import Upstream
from chaos.edge import DROPPED, Edge, configuration, merged

# Shorter than an operator would have them, so that what is late is late soon.
TIMEOUTS = {"connect": "600ms", "firstByte": "600ms", "total": "1800ms"}


class Scene:
    """What a fault has in its hands while events flow. `idempotency` is the edge's setting."""

    def __init__(self, fault, idempotency, options):
        self.fault, self.idempotency, self.options = fault, idempotency, options
        self.certificate = options.certificate
        self.rng = random.Random(f"{fault.name} {idempotency} {options.seed}")
        self.folder = options.folder / f"{fault.name}-{idempotency}"
        self.folder.mkdir()
        self.book = Book(closes_connections=fault.closes_connections, goes_away=fault.goes_away)
        self.seconds = options.seconds
        self.count = int(options.events * fault.pace)
        tls = options.upstream_tls if fault.is_upstream_tls else None
        self.upstream = Upstream(self.book, idempotency == "add", self.rng, tls)
        self.edge = self.port = self.tls_port = None
        self.log_folder = self.folder
        self.has_streamed = asyncio.Event()
        # What the edge is started with besides its configuration (Edge).
        self.start_options = {}
        # Of the configuration, besides what all runs have.
        self.changes = {}
        self.findings = []

    # What happens

    async def run(self):
        """The verdict of the whole run."""
        if self.fault.set_up:
            await self.fault.set_up(self)
        if not self.upstream.port:
            await self.upstream.open()
        await self.start_edge()
        driver = asyncio.ensure_future(self.fault.drive(self)) if self.fault.drive else None
        try:
            await self.stream(self.count, self.seconds, self.fault.aborts)
            self.has_streamed.set()
            if driver:
                await driver
        finally:
            if driver and not driver.done():
                driver.cancel()
            await self.stop_edge()
            self.upstream.end()
            if self.fault.tear_down:
                self.fault.tear_down(self)
        # On a thread: other runs go on meanwhile, and what their upstreams say must not be late by that.
        await asyncio.to_thread(self.read_log)
        verdict = await asyncio.to_thread(judge, self.book)
        verdict.findings += self.findings
        return verdict

    async def stream(self, count, seconds, aborts=0.0):
        await Stream(self, count, seconds, aborts).run()

    def enter(self, event):
        self.book.events[event.number] = event
        return event

    def require(self, holds, what):
        """Something that the fault wants to see besides balanced books."""
        if not holds:
            self.findings.append(Finding("unexplained", None, what))

    @property
    def host(self):
        """The upstream's name, where it has one (names.py)."""
        return f"{self.fault.name}-{self.idempotency}.plunk.test"

    def spans(self, count):
        """`count` equal spans that fill the stream's time."""
        return [self.seconds / count] * count

    # The edge

    def settings(self, changes=None):
        url = f"http://127.0.0.1:{self.upstream.port}"
        upstream = {"timeouts": TIMEOUTS, "idempotency": self.idempotency}
        base = configuration(url, self.certificate, {"upstream": upstream, "shutdown": {"drain": "5s"}})
        return merged(merged(base, self.changes), changes or {})

    async def start_edge(self):
        self.edge = Edge(self.options.binary, self.folder, self.settings(), **self.start_options)
        while not self.edge.is_ready():
            await asyncio.sleep(0.005)
        self.port, self.tls_port = self.edge.port, self.edge.tls_port

    async def stop_edge(self):
        """TERM, the end waited for, and what the edge says it has dropped."""
        dropped = (await self.metrics()).get(DROPPED, 0)
        code = await asyncio.to_thread(self.edge.stop)
        said = self.edge.said()
        self.require(code == 0, f"the edge ended with {code}: {said[-1000:]}")
        incomplete = re.search(r"the access log is incomplete: (\d+) records", said)
        self.book.dropped += int(incomplete[1] if incomplete else dropped)

    async def metrics(self):
        try:
            return await asyncio.to_thread(self.edge.metrics)
        except OSError as error:
            self.require(False, f"no metrics: {error}")
            return {}

    # The log

    def read_log(self):
        """Puts each line to its event."""
        said_in_log = 0
        for path in sorted(self.log_folder.glob("access.log*")):
            opened = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
            with opened as lines:
                for line in lines:
                    said_in_log += self._take_line(line)
        self.require(said_in_log <= self.book.dropped, f"the log tells of {said_in_log} dropped lines")

    def _take_line(self, text):
        if self.book.dropped and not text.endswith(b"\n"):
            # What a full disk cut off at the end, if only the line's end, is among the lines that were dropped.
            return 0
        try:
            line = json.loads(text)
        except ValueError:
            self.require(False, f"a broken log line: {text[:300]!r}")
            return 0
        if line.get("event") == "dropped":
            return line["count"]
        number = re.fullmatch(r"event/(\d+).*", line.get("user_agent", ""))
        if number:
            self.book.lines.setdefault(int(number[1]), []).append(line)
        else:
            self.book.unnamed.append(line)
        return 0

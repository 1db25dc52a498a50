"""Balances the books of one run. Pure: no sockets, no clock."""

from dataclasses import dataclass, field

from chaos.accounts.books import MAYBE, NOT_PROCESSED, SILENCE

# Reasons of the log with which a request may have reached Plunk and its answer been lost.
UNSURE = {"upstream_timeout", "upstream_closed", "upstream_invalid_response", "maybe_recorded"}
# What the edge decides by itself: Plunk hears nothing of it.
OWN_OUTCOMES = {"rejected", "limited", "overloaded", "preflight"}
# Of answers that the edge makes itself where Plunk has none. This upstream never says it.
OWN_CODE = "EXTERNAL_SERVICE_ERROR"
MAXIMUM_ATTEMPTS = 2
# No run lasts as long: such a time was made by a clock that jumped.
LONGEST_MILLISECONDS = 60_000


@dataclass
class Finding:
    kind: str
    number: int | None
    why: str


@dataclass
class Verdict:
    findings: list[Finding] = field(default_factory=list)
    # Events that the edge never read, whose clients know that there was no answer.
    unread: int = 0

    def count(self, kind):
        return sum(finding.kind == kind for finding in self.findings)


class Judge:
    """Balances one book. `judge` is what to call."""

    def __init__(self, book):
        self.book = book
        self.verdict = Verdict()
        self._without_line = []
        self._refused = {line["request_id"]: line for line in book.unnamed if "request_id" in line}
        # Events whose connections the edge refused, which the log does not name.
        self._ended = []

    def _find(self, kind, number, why):
        self.verdict.findings.append(Finding(kind, number, why))

    def judge(self):
        for event in self.book.events.values():
            self._judge_event(event)
        for number in set(self.book.lines) - set(self.book.events):
            self._find("unexplained", number, "a log line for an event that nobody sent")
        for number in set(self.book.arrivals) - set(self.book.events):
            self._find("unexplained", number, "the upstream got an event that nobody sent")
        self._judge_missing_lines()
        self._judge_unnamed_lines()
        return self.verdict

    def _judge_event(self, event):
        arrivals = self.book.arrivals.get(event.number, [])
        lines = self.book.lines.get(event.number, [])
        if len(event.results) != 1:
            kind = "lost" if not event.results else "unexplained"
            return self._find(kind, event.number, f"{len(event.results)} client-side results")
        result = event.results[0]
        if result.end == SILENCE:
            self._find("unexplained", event.number, "the edge neither answered nor closed")
        line = lines[0] if lines else self._refused.pop(result.request_id, None)
        if len(lines) > 1:
            self._find("unexplained", event.number, f"{len(lines)} log lines")
        self._judge_arrivals(event, arrivals, line)
        self._judge_fate(event, result, arrivals, line)
        if line is None:
            self._missing_line(event, result, arrivals)
        else:
            self._judge_line(event, result, line)

    def _judge_arrivals(self, event, arrivals, line):
        recorded = sum(arrival.recorded for arrival in arrivals)
        if recorded > 1:
            self._find("doubled", event.number, f"recorded {recorded} times")
        elif len(arrivals) > 1 and any(arrival.idempotency_key is None for arrival in arrivals):
            self._find("doubled", event.number, "sent again without an Idempotency-Key")
        if len({arrival.idempotency_key for arrival in arrivals}) > 1:
            self._find("doubled", event.number, "sent again with another Idempotency-Key")
        attempts = (line or {}).get("upstream", {}).get("attempts", 0) if line else MAXIMUM_ATTEMPTS
        if len(arrivals) > attempts:
            self._find("unexplained", event.number, f"{len(arrivals)} arrivals, {attempts} attempts in the log")
        for arrival in arrivals:
            for violation in arrival.violations:
                self._find("unexplained", event.number, f"at the upstream: {violation}")

    def _judge_fate(self, event, result, arrivals, line):
        is_recorded = any(arrival.recorded for arrival in arrivals)
        status = result.status
        if status is None:
            if is_recorded and result.end == NOT_PROCESSED:
                self._find("unexplained", event.number, "recorded, and GOAWAY says that it was not processed")
            elif is_recorded and not log_admits(line):
                self._find("unexplained", event.number, "recorded, no answer, and no log line that admits it")
        elif 200 <= status < 300:
            if not is_recorded:
                self._find("lost", event.number, f"answered {status} and not recorded")
        elif is_recorded and not answer_admits(result):
            self._find("unexplained", event.number, f"recorded, and the answer {status} does not admit it")
        if result.named is not None and result.named != event.number:
            self._find("unexplained", event.number, f"got the answer to event {result.named}")

    def _judge_line(self, event, result, line):
        arrivals = self.book.arrivals.get(event.number, [])
        if result.status is not None:
            if line.get("status") != result.status:
                self._find("unexplained", event.number, f"answered {result.status}, logged {line.get('status')}")
            if line["request_id"] != result.request_id:
                self._find("unexplained", event.number, "answer and log line have different request ids")
        elif line.get("status") is not None and event.abort is None and not self.book.closes_connections:
            self._find("unexplained", event.number, f"logged {line['status']}, and no answer came")
        # Where the edge has read the head; not where it had no place for the connection.
        if event.given_id and "user_agent" in line and line["request_id"] != event.given_id:
            self._find("unexplained", event.number, "the request id that was given is not the one in the log")
        if any(arrival.request_id != line["request_id"] for arrival in arrivals):
            self._find("unexplained", event.number, "upstream and log line have different request ids")
        if not 0 <= line.get("duration_ms", 0) < LONGEST_MILLISECONDS:
            self._find("unexplained", event.number, f"took {line['duration_ms']} ms, says the log")
        if arrivals and line["outcome"] in OWN_OUTCOMES:
            self._find("unexplained", event.number, f"logged as {line['outcome']}, and the upstream got it")

    def _missing_line(self, event, result, arrivals):
        if result.status is not None or arrivals:
            self._without_line.append(event.number)
        elif event.abort == "left":
            self._without_line.append(event.number)
        elif event.abort or result.end == NOT_PROCESSED or (self.book.goes_away and event.is_kept):
            self.verdict.unread += 1
        elif self.book.closes_connections:
            self.verdict.unread += 1
            self._ended.append(event.number)
        else:
            self._find("unexplained", event.number, f"never read by the edge: {result.end}")

    def _judge_missing_lines(self):
        """Each is one of those that the edge says it has dropped."""
        missing = len(self._without_line)
        if missing > self.book.dropped:
            for number in self._without_line:
                self._find("unexplained", number, f"no log line ({missing} missing, {self.book.dropped} said)")
        elif missing < self.book.dropped:
            self._find("unexplained", None, f"{self.book.dropped} log lines said to be dropped, {missing} missing")

    def _judge_unnamed_lines(self):
        """Each is of a connection that was refused, and whose client saw it end; the other way round as well."""
        for line in self._refused.values():
            if line.get("outcome") == "overloaded" and self._ended:
                self._ended.pop()
            else:
                self._find("unexplained", None, f"a log line that belongs to no event: {line}")
        for number in self._ended:
            self._find("unexplained", number, "its connection ended, and no log line is left for that")


def answer_admits(result):
    """Whether an answer that is no success leaves room for the event's having been recorded: it says so, as each of the
    edge's own has to; or it is Plunk's own 5xx, which by its contract may have taken effect, or its 409 for a key that
    was used before."""
    if result.says or result.code == OWN_CODE:
        return result.says == MAYBE
    return result.status >= 500 or result.code == "IDEMPOTENCY_KEY_REUSED"


def log_admits(line):
    """The same of the log line of a request whose client got no answer."""
    if line is None:
        return False
    upstream = line.get("upstream", {})
    if upstream.get("attempts", 0) < 1:
        return False
    return line["outcome"] in ("forwarded", "client_gone") or line.get("reason") in UNSURE | {"already_recorded"}


def judge(book):
    return Judge(book).judge()

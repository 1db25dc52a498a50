"""The books of one run: what each client got, what the upstream received, and the lines of the access log."""

from dataclasses import dataclass, field

# What an answer says of the event's fate, besides what its status says.
NOTHING, MAYBE = "nothing was recorded", "may have been recorded"
# How a connection ends that does not.
SILENCE = "silence"
# The end of a request that a GOAWAY says was not processed, and may be sent again (RFC 9113, section 6.8).
NOT_PROCESSED = "GOAWAY: not processed"


@dataclass
class Result:
    """One thing that a client got for an event: an answer, or the end of its connection."""

    status: int | None = None
    request_id: str | None = None
    code: str | None = None
    # NOTHING, MAYBE or None.
    says: str | None = None
    # The event that Plunk's answer names; None where none is named.
    named: int | None = None
    # How the connection ended without an answer.
    end: str | None = None
    body: str = ""


@dataclass
class Event:
    """One event as its client sent it."""

    number: int
    way: str
    idempotency_key: str | None = None
    # X-Request-ID, if the client gave one.
    given_id: str | None = None
    # How the client meant to go before its answer: None, or "head" (its head is not sent whole), "reset" (what it sent
    # may be thrown away unread), "left" (the edge has its whole head).
    abort: str | None = None
    # Whether its connection had served before.
    is_kept: bool = False
    results: list[Result] = field(default_factory=list)


@dataclass
class Arrival:
    """One request at the upstream that names an event."""

    number: int
    idempotency_key: str | None
    request_id: str | None
    what: str = ""
    recorded: bool = False
    violations: list[str] = field(default_factory=list)


@dataclass
class Book:
    events: dict[int, Event] = field(default_factory=dict)
    arrivals: dict[int, list[Arrival]] = field(default_factory=dict)
    lines: dict[int, list[dict]] = field(default_factory=dict)
    # Lines that name no event: of connections that were refused before anything was read.
    unnamed: list[dict] = field(default_factory=list)
    # Lines that the edge says it has lost.
    dropped: int = 0
    # Whether the edge may have no place for a connection, and close it before it reads anything.
    closes_connections: bool = False
    # Whether edges go away meanwhile, and close kept connections that have been idle: a request may just be on its way,
    # which no server can know (RFC 9112, section 9.5).
    goes_away: bool = False

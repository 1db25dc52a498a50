"""The attacks in order: what each is, under which settings, and how much memory the edge may take meanwhile."""

from dataclasses import dataclass, field

STANDARD = {"perClient": {"rate": "20/s", "burst": 100}, "connectionsPerClient": 64}


@dataclass(frozen=True)
class Attack:
    """`ceiling` in MiB of resident memory. `is_passive`: once its clients are there they cost the edge no CPU time, for as
    many seconds as `quiet`. `seconds` is how long it lasts in all. `turned_away`: why honest clients on new connections
    may be, where they may."""

    name: str
    title: str
    ceiling: int
    seconds: float = 3
    is_passive: bool = False
    limits: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    h2c: bool = False
    open_files: int | None = None
    turned_away: str = ""

    def settings(self):
        """What differs from a configuration of benchmark and chaos: all limits are the standard ones, and loopback is as
        foreign as the internet."""
        return {"limits": {**STANDARD, **self.limits}, "trustedProxies": [], **self.changes}


TRUSTING = {"trustedProxies": ["loopback"]}

ATTACKS = [
    Attack("nothing", "none, but their core computes (control)", 64, 3),
    Attack("slow-handshakes", "5,000 in TLS handshake, half a ClientHello", 256, 12),
    Attack("silent-handshakes", "5,000 in TLS handshake, silent behind it", 256, 12),
    Attack("slow-heads", "5,000 in the head, a byte a second", 256, 14, True),
    Attack("slow-bodies", "5,000 in the body, 32 KiB less 200 bytes", 512, 18, True),
    Attack("slow-readers", "1,000 that read no answers, 1,000 requests each", 256, 12),
    Attack("slow-readers-http2", "500 with 100 streams and no window (h2c)", 256, 12, True, h2c=True),
    Attack("idle", "10,000 idle connections", 256, 8, True, limits={"connections": 11_000}),
    Attack("full", "12,000 idle connections, room for 10,000", 256, 10),
    Attack("descriptors", "1,000 connections, 256 descriptors", 64, 8, open_files=256, turned_away="256 descriptors leave 46 places, all of them taken"),
    Attack("connect-close", "connect and close", 64),
    Attack("connect-reset", "connect and reset", 64),
    Attack("http2-rapid-reset", "HTTP/2 rapid reset", 128),
    Attack("http2-provoked-resets", "HTTP/2 resets that the edge has to send", 128),
    Attack("http2-streams", "HTTP/2 streams beyond the limit", 128),
    Attack("http2-refusals", "HTTP/2 requests without a key", 128),
    Attack("http2-ping", "HTTP/2 PING", 128),
    Attack("http2-settings", "HTTP/2 SETTINGS", 128),
    Attack("http2-empty-data", "HTTP/2 empty DATA", 128),
    Attack("http2-small-data", "HTTP/2 DATA of a byte", 128),
    Attack("http2-window-update", "HTTP/2 WINDOW_UPDATE", 128),
    Attack("http2-priority", "HTTP/2 PRIORITY", 128),
    Attack("http2-continuation", "HTTP/2 CONTINUATION", 128),
    Attack("http2-empty-continuation", "HTTP/2 empty CONTINUATION", 128),
    Attack("http2-hpack-bomb", "HPACK bomb", 128),
    Attack("json-bombs", "JSON bombs at and over the limit of 32 KiB", 128),
    Attack("json-bombs-16mib", "JSON bombs of 16 MiB, where they are allowed", 512, changes={"body": {"maxSize": "16MiB"}}),
    Attack("forwarded-for", "X-Forwarded-For of 10,000, from a proxy", 128, changes=TRUSTING),
    Attack("forwarded-for-256kib", "the same with a headerSize of 256 KiB", 128, limits={"headerSize": "256KiB"}, changes=TRUSTING),
    Attack("headers", "257 fields, a field or target of 81 KB", 128),
    Attack("addresses", "100,000 addresses by X-Forwarded-For", 128, changes=TRUSTING),
    Attack("log-text", "hostile text in what is logged", 128),
]  # fmt: skip

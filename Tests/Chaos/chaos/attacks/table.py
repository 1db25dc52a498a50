"""The attacks in order: what each is and does, under which settings, and how much memory the edge may take."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.attacks import arsenal
from chaos.attacks import http2_arsenal as http2


@dataclass(frozen=True)
class Attack:
    """`begin` makes, for an arsenal.Target, what can `run`. `ceiling` in MiB of resident memory. `seconds` is how long
    it lasts in all. `is_passive`: once its clients are there they cost the edge no CPU time. `turned_away`: why honest
    clients on new connections may be, where they may; `slow`: why their answers may. `least` is how much its clients have
    to do at least, in what the last column of the table counts: an attack that does nothing proves nothing."""

    name: str
    begin: Callable
    title: str
    ceiling: int
    seconds: float = 3
    is_passive: bool = False
    limits: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    h2c: bool = False
    open_files: int | None = None
    turned_away: str = ""
    slow: str = ""
    least: int = 1000

    def settings(self):
        """What differs from a configuration of benchmark and chaos, limits aside, which are the edge's own but for
        `limits`: loopback is as foreign as the internet."""
        return {"trustedProxies": [], **self.changes}


FULL_QUEUE = "whoever connects waits behind all whom the kernel has accepted before"
LARGE_BODIES = "a body is judged in one piece"
TRUSTING = {"trustedProxies": ["loopback"]}

ATTACKS = [
    Attack("nothing", arsenal.nothing, "none, but their core computes (control)", 64, 3),
    Attack("slow-handshakes", arsenal.slow_handshakes, "5,000 in TLS handshake, half a ClientHello", 256, 12, least=5000),
    Attack("silent-handshakes", arsenal.silent_handshakes, "5,000 in TLS handshake, silent behind it", 256, 12, least=5000),
    Attack("huge-hellos", arsenal.huge_hellos, "5,000 in TLS handshake, nine bytes that announce 80 KiB", 256, 12, least=5000),
    Attack("slow-heads", arsenal.slow_heads, "5,000 in the head, a byte a second", 256, 14, True, least=4000),
    Attack("slow-bodies", arsenal.slow_bodies, "5,000 in the body, 32 KiB less 200 bytes", 256, 18, True, least=3000),
    Attack("slow-bodies-http2", http2.slow_bodies, "50 with 100 bodies each, 32 KiB less 68 bytes (h2c)", 256, 12, True, h2c=True, least=50),
    Attack("slow-heads-http2", http2.slow_heads, "5,000 in the head, 31 KiB of it and a byte a second (h2c)", 256, 14, h2c=True, least=5000),
    Attack("slow-readers", arsenal.slow_readers, "1,000 that read no answers, 1,000 requests each", 256, 12),
    Attack("slow-readers-http2", http2.slow_readers, "1,000 with 100 streams and no window (h2c)", 256, 12, True, h2c=True),
    Attack("untaken-answers", http2.untaken_answers, "1,000 with 2,000 requests and no window (h2c)", 256, 12, h2c=True),
    Attack("idle", arsenal.idle, "10,000 idle connections", 256, 8, True, limits={"connections": 11_000}, least=10000),
    Attack("idle-tls", arsenal.idle_tls, "2,000 idle connections over TLS", 96, 8, True, least=2000),
    Attack("full", arsenal.full, "12,000 idle connections, room for 10,000", 256, 10, least=12000),
    Attack("descriptors", arsenal.few_descriptors, "1,000 connections, 256 descriptors", 64, 8, open_files=256, turned_away="256 descriptors leave 43 places, all of them taken"),
    Attack("connect-close", arsenal.connect_and_close, "connect and close", 64, slow=FULL_QUEUE),
    Attack("connect-reset", arsenal.connect_and_reset, "connect and reset", 64),
    Attack("http1-refusals", arsenal.refusals, "requests without a key, 1,000 at a time", 64),
    Attack("http1-refusals-fin", arsenal.last_refusals, "the same, 100 at a time, with their client's end behind them", 64),
    Attack("http2-rapid-reset", http2.rapid_reset, "HTTP/2 rapid reset", 64),
    Attack("http2-provoked-resets", http2.provoked_resets, "HTTP/2 resets that the edge has to send", 64),
    Attack("http2-streams", http2.too_many_streams, "HTTP/2 streams beyond the limit", 64),
    Attack("http2-refusals", http2.refusals, "HTTP/2 requests without a key", 64),
    Attack("http2-small-records", http2.refusals_in_small_records, "the same in TLS records of 500 bytes", 64),
    Attack("http2-ping", http2.ping, "HTTP/2 PING", 64),
    Attack("http2-settings", http2.settings, "HTTP/2 SETTINGS", 64),
    Attack("http2-empty-data", http2.empty_data, "HTTP/2 empty DATA", 64),
    Attack("http2-small-data", http2.small_data, "HTTP/2 DATA of a byte", 64),
    Attack("http2-window-update", http2.window_update, "HTTP/2 WINDOW_UPDATE", 64),
    Attack("http2-priority", http2.priority, "HTTP/2 PRIORITY", 64),
    Attack("http2-continuation", http2.continuation, "HTTP/2 CONTINUATION", 64),
    Attack("http2-empty-continuation", http2.empty_continuation, "HTTP/2 empty CONTINUATION", 64),
    Attack("http2-hpack-bomb", http2.hpack_bomb, "HPACK bomb", 64),
    Attack("json-bombs", arsenal.json_bombs, "JSON bombs at and over the limit of 32 KiB", 64),
    Attack("json-bombs-16mib", arsenal.large_json_bombs, "JSON bombs of 16 MiB, where they are allowed", 512, changes={"body": {"maxSize": "16MiB"}}, slow=LARGE_BODIES, least=8),
    Attack("forwarded-for", arsenal.forwarded_for, "X-Forwarded-For of 10,000, from a proxy", 64, changes=TRUSTING),
    Attack("forwarded-for-256kib", arsenal.forwarded_for, "the same with a headerSize of 256 KiB", 64, limits={"headerSize": "256KiB"}, changes=TRUSTING),
    Attack("headers", arsenal.header_floods, "257 fields, a field or target of 81 KB", 64),
    Attack("addresses", arsenal.distinct_addresses, "100,000 addresses by X-Forwarded-For", 56, changes=TRUSTING),
    Attack("log-text", arsenal.hostile_texts, "hostile text in what is logged", 64),
]  # fmt: skip

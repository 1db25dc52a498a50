"""Faults of what is around the edge: names, configuration, disk, descriptors, clock, and its own restart."""

import asyncio
import contextlib
import resource
import socket
import subprocess
from pathlib import Path

from chaos.accounts.books import Event
from chaos.accounts.http1_client import HTTP1Connection
from chaos.accounts.messages import request_of
from chaos.accounts.names import NXDOMAIN, SERVFAIL, SILENT

FIRST, SECOND = "127.0.1.1", "127.0.1.2"
DISK_MEBIBYTES = 32
# More than the log's queue holds (8 MiB) of lines of more than a kilobyte.
FLOOD, FLOOD_CLIENTS, PIPELINED = 10_000, 4, 50
OPEN_FILES = 100
# A little more than the edge's breaker stays open before it tries again.
BREAKER_SECONDS = 5.5

# Names


async def serve_names(scene):
    await secure(scene, FIRST, {"connections": {"lifetime": "500ms"}})
    scene.options.names.table[scene.host] = FIRST


async def over_tls(scene):
    """With a name that needs no resolver."""
    await secure(scene, "127.0.0.1", {"resolve": ["127.0.0.1"]})


async def secure(scene, address, changes):
    await scene.upstream.open(address)
    url = f"https://{scene.host}:{scene.upstream.port}"
    authority = str(scene.options.upstream_certificate.certificate)
    scene.changes = {"upstream": {"url": url, "caFile": authority, **changes}}


async def lose_names(scene):
    table, name = scene.options.names.table, scene.host
    for index, span in enumerate(scene.spans(6)):
        await asyncio.sleep(span * 0.5)
        table[name] = [SILENT, SERVFAIL, NXDOMAIN][index % 3]
        if index >= 3:
            # What makes connections from now on has never heard the address; else it is still known for a minute.
            scene.edge.reload(scene.settings({"upstream": {"connections": {"max": 32 + index}}}))
        for writer in list(scene.upstream.writers):
            writer.close()
        await asyncio.sleep(span * 0.5)
        table[name] = FIRST


async def move_names(scene):
    await asyncio.sleep(scene.seconds * 0.3)
    await scene.upstream.open(SECOND)
    scene.options.names.table[scene.host] = SECOND
    scene.upstream.close(FIRST, "close")
    await scene.has_streamed.wait()
    if SECOND not in scene.upstream.addresses_used:
        # The breaker has opened meanwhile, and tries again every five seconds.
        await asyncio.sleep(BREAKER_SECONDS)
        await scene.stream(10, 0.5)
    scene.require(SECOND in scene.upstream.addresses_used, "no event came to the new address")


# Configuration


async def reload(scene):
    turn = 0
    while not scene.has_streamed.is_set():
        turn += 1
        if turn % 5 == 0:
            scene.edge.reload({"listeners": []})
        else:
            scene.edge.reload(scene.settings({
                "upstream": {"connections": {"max": 16 + turn % 3}, "inFlight": {"max": 1000 + turn}},
                "accessLog": {"path": f"access.log-{turn // 4 % 2}", "maxSize": f"{100 + turn}KiB", "keep": 1000},
                "limits": {"timeouts": {"idle": f"{30 + turn}s"}},
            }))  # fmt: skip
        await asyncio.sleep(scene.rng.choice([0.02, 0.1, 0.2]))
    said = scene.edge.said()
    scene.require(said.count("configuration reloaded") > 2, "hardly any reload was taken over")
    scene.require("/listeners" in said, "no wrong configuration was refused")


# Disk


async def make_disk(scene):
    scene.log_folder = scene.folder / "disk"
    scene.log_folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEBIBYTES}m", "tmpfs", scene.log_folder]
    await asyncio.to_thread(subprocess.run, command, check=True)
    scene.changes = {"accessLog": {"path": str(scene.log_folder / "access.log")}}


def end_disk(scene):
    """Makes room; what is on it is still to be read, and it goes with this process's mounts."""
    ballast(scene).unlink(missing_ok=True)


def ballast(scene):
    return scene.log_folder / "ballast"


def fill(scene):
    with ballast(scene).open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


async def fill_disk(scene):
    for span in scene.spans(2):
        await asyncio.sleep(span * 0.2)
        fill(scene)
        await asyncio.sleep(span * 0.5)
        ballast(scene).unlink()
        await asyncio.sleep(span * 0.3)
    await scene.has_streamed.wait()
    fill(scene)
    first = len(scene.book.events) + 1
    await asyncio.gather(*(flood(scene, range(first + index, first + FLOOD, FLOOD_CLIENTS))
                           for index in range(FLOOD_CLIENTS)))  # fmt: skip
    ballast(scene).unlink()
    await scene.stream(scene.count // 10, 1.5)
    # It stays full to the end of the edge, which has to say what it could not write.
    fill(scene)
    await scene.stream(scene.count // 10, 0.5)


async def flood(scene, numbers):
    """Refused events with lines as long as they get, many at a time."""
    connection = await HTTP1Connection.open(scene.port)
    for start in range(0, len(numbers), PIPELINED):
        events = [scene.enter(Event(number, "HTTP/1.1")) for number in numbers[start : start + PIPELINED]]
        message = b""
        for event in events:
            head, body = request_of(event, target="/v1/track/" + "x" * 240)
            agent = f"user-agent: event/{event.number}".encode()
            message += head.replace(agent, agent + b" " + b'"' * 230) + body
        results = await connection.ask_many(message, len(events))
        for event, result in zip(events, results, strict=True):
            event.results.append(result)
    connection.transport.close()


# Descriptors


async def limit_descriptors(scene):
    scene.start_options = {"open_files": OPEN_FILES}


async def take_descriptors(scene):
    await asyncio.sleep(scene.seconds * 0.2)
    for span in [scene.seconds * 0.8 / 4] * 4:
        open_now = scene.edge.descriptors()
        resource.prlimit(scene.edge.process.pid, resource.RLIMIT_NOFILE, (open_now - 3, OPEN_FILES))
        await asyncio.sleep(span * 0.5)
        resource.prlimit(scene.edge.process.pid, resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
        await asyncio.sleep(span * 0.5)


# Clock


async def set_clock(scene):
    write_clock(scene, "+0")
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    scene.start_options = {"environment": {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(scene.folder / "clock"), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    },
        # The library sets a variable before `main`, and Swift looks for its arguments beside the environment as it was
        # at first. A program before it has the variable set already.
        "before": ["env"],
    }  # fmt: skip


def write_clock(scene, shift):
    new = scene.folder / "clock.new"
    new.write_text(shift)
    new.replace(scene.folder / "clock")


async def jump(scene):
    for span, shift in zip(scene.spans(21), ["+10h", "-10h", "+1s", "-1s", "+40d", "-3y", "+0"] * 3, strict=True):
        await asyncio.sleep(span)
        write_clock(scene, shift)
    log = b"".join(path.read_bytes() for path in scene.log_folder.glob("access.log*"))
    scene.require(len(set(line[15:25] for line in log.splitlines())) > 2, "the edge did not see the clock jump")


# Restart


async def open_sockets(scene):
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(2)]
    scene.start_options = {"sockets": sockets}
    for handle, listener in zip(sockets, scene.settings()["listeners"], strict=True):
        listener["address"] = f"127.0.0.1:{handle.getsockname()[1]}"
        scene.changes.setdefault("listeners", []).append(listener)


def close_sockets(scene):
    for handle in scene.start_options["sockets"]:
        handle.close()


async def restart(scene):
    while not scene.has_streamed.is_set():
        await asyncio.sleep(0.3)
        await scene.stop_edge()
        await scene.start_edge()

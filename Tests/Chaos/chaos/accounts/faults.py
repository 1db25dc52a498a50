"""The table of faults: what fails, and how it is made to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chaos.accounts import behaviours as does
from chaos.accounts import machine_faults as machine
from chaos.accounts.upstream import well

# Of requests: enough for every kind, few enough that the breaker is closed most of the time.
SHARE = 0.2
# Of those that end in a deadline: several may end in one moment, which opens it.
SLOW_SHARE = 0.08


@dataclass
class Fault:
    name: str
    # For the table.
    what: str
    # Awaited before the edge starts, while events flow, and called at the end.
    set_up: Callable[..., Awaitable] | None = None
    drive: Callable[..., Awaitable] | None = None
    tear_down: Callable | None = None
    # How many events, compared with others: few where a moment's failure must not meet five and open the breaker.
    pace: float = 1.0
    # Share of clients that go before their answer.
    aborts: float = 0.0
    # What the edge may do to connections (books.Book).
    closes_connections: bool = False
    goes_away: bool = False
    is_upstream_tls: bool = False
    # Needs to be root: for mounts and port 53.
    is_for_root: bool = False
    # The column of the table in which it shows that the fault was there.
    shows: str = ""


def upstream(name, what, *kinds, share=SHARE, before=None, **more):
    """A fault of single requests: a share of them, by turns. `before` is awaited before the edge starts."""

    async def set_up(scene):
        choose(scene, kinds, share)
        if before:
            await before(scene)

    return Fault(name, what, set_up=set_up, **more)


def choose(scene, kinds, share=SHARE):
    scene.upstream.pick = lambda: scene.rng.choice(kinds) if scene.rng.random() < share else well


def greeting(name, what, *kinds, share, **more):
    """A fault of new connections; some answers are a connection's last, so that there are new ones."""

    async def set_up(scene):
        scene.upstream.greet = lambda: scene.rng.choice(kinds) if scene.rng.random() < share else None
        choose(scene, [does.closes_idle], 0.3)

    return Fault(name, what, set_up=set_up, **more)


async def refuse(scene):
    """For moments, which the breaker outlives, with idle connections closed so that others are wanted; at last for
    longer, with all of them."""
    spans = scene.spans(20)
    for span in spans[:-4]:
        scene.upstream.close()
        close_all_idle(scene)
        await asyncio.sleep(0.003)
        await scene.upstream.open()
        await asyncio.sleep(span - 0.003)
    for span in spans[-4:]:
        scene.upstream.close(connections=scene.rng.choice(["close", "reset"]))
        await asyncio.sleep(span / 2)
        await scene.upstream.open()
        await asyncio.sleep(span / 2)


def close_all_idle(scene):
    for writer in list(scene.upstream.idle):
        writer.close()


async def crash(scene):
    """Now and then it records an event and dies with it for a moment: the repeat finds nobody."""

    async def records_and_dies(turn):
        turn.settle(turn.take()[0])
        turn.is_over = True
        scene.upstream.pick = lambda: well
        if scene.upstream.addresses:
            scene.upstream.close(connections="reset")
            await asyncio.sleep(0.003)
            await scene.upstream.open()

    while not scene.has_streamed.is_set():
        scene.upstream.pick = lambda: records_and_dies
        await asyncio.sleep(0.3)
    scene.upstream.pick = lambda: well


async def close_idle(scene):
    """Besides single ones, all idle connections at once, as a balancer does that restarts."""
    for span in scene.spans(20):
        await asyncio.sleep(span)
        close_all_idle(scene)


REPEATS = [does.resets_recorded, does.closes_recorded, does.resets_unrecorded, does.resets_at_work]
FORMS = [
    does.says_html, does.says_html_recorded, does.says_404_html, does.says_302, does.says_no_http,
    does.says_two_lengths,
]  # fmt: skip
# Not that a key is done which was never used: told of a repeat that would be believed, and Plunk does not lie.
ANSWERS = [
    does.says_429, does.says_429_without_json, does.says_500, does.says_500_recorded, does.says_503_html_recorded,
    does.says_409_in_flight, *FORMS,
]  # fmt: skip
LATE = [does.late, does.recorded_late, does.stalls, does.stalls_recorded, does.slow]
HALVES = [does.half_then_closes, does.half_then_resets, does.half_then_stalls]
IDLE = [does.closes_idle, does.resets_idle]

FAULTS = [
    Fault("calm", "nothing fails"),
    Fault("refuses", "connections are refused, and open ones closed or reset, by turns", drive=refuse, pace=0.3,
          shows="5xx"),
    greeting("resets-unread", "new connections are reset or closed before anything is read",
             does.reset_at_once, does.reset_at_first_byte, does.closed_at_once, share=0.25, shows="5xx"),
    greeting("unread", "connections are not read before the edge has given up, and then are", does.unread_for_long,
             share=0.15, shows="unsure"),
    upstream("stalls", "requests are read and never answered, recorded or not", does.stalls, does.stalls_recorded,
             share=SLOW_SHARE, shows="5xx"),
    upstream("late", "answers come when the edge has given up, events are recorded before or after",
             does.late, does.recorded_late, does.slow, share=SLOW_SHARE, shows="unsure"),
    upstream("half", "answers end in the middle: closed, reset, or nothing more comes", *HALVES,
             share=SLOW_SHARE, shows="unsure"),
    upstream("resets", "connections are reset or closed instead of an answer, events recorded or not", *REPEATS,
             shows="repeats"),
    Fault("dies", "the upstream records an event and dies with it, and comes back", drive=crash, pace=0.15,
          shows="unsure"),
    upstream("idle", "kept connections are closed or reset, while the next request may be on its way", *IDLE,
             drive=close_idle, shows="5xx"),
    upstream("429", "429 with and without JSON, and how long to wait", does.says_429, does.says_429_without_json,
             share=0.05, shows="4xx"),
    upstream("500", "500 and 503, with JSON and without, recorded or not", does.says_500, does.says_500_recorded,
             does.says_503_html_recorded, shows="unsure"),
    upstream("409", "409 to keys that were never used, in flight or done", does.says_409_in_flight,
             does.says_409_done, shows="4xx"),
    upstream("html", "pages, redirects, no HTTP, two lengths, two answers", *FORMS, does.answers_twice, shows="5xx"),
    upstream("mixed", "repeats, late, half and wrong answers in one", *REPEATS, *REPEATS, *ANSWERS, *LATE, *HALVES,
             *IDLE, share=0.4, shows="repeats"),
    upstream("mixed-tls", "the same, with TLS between edge and upstream", *REPEATS, *REPEATS, *ANSWERS, *LATE, *HALVES,
             *IDLE, share=0.4, before=machine.over_tls, is_upstream_tls=True, shows="repeats"),
    upstream("clients-go", "clients go in the head, in the body, and before the answer", does.slow, aborts=0.4,
             shows="none"),
    upstream("clients-go-mixed", "clients go while everything fails", *REPEATS, *ANSWERS, *LATE, *HALVES, *IDLE,
             aborts=0.2, shows="none"),
    Fault("dns-lost", "the upstream's name does not resolve: no answer, SERVFAIL, NXDOMAIN",
          set_up=machine.serve_names, drive=machine.lose_names, is_upstream_tls=True, is_for_root=True, shows="5xx"),
    Fault("dns-moved", "the upstream's name gets another address, and the old one goes",
          set_up=machine.serve_names, drive=machine.move_names, is_upstream_tls=True, is_for_root=True),
    upstream("reload", "HUP again and again, with other settings, log files and upstream, with wrong ones in between",
             does.slow, *IDLE, *REPEATS, drive=machine.reload, shows="repeats"),
    Fault("disk-full", "the log's disk fills up and becomes free again; then so many lines that some are lost",
          set_up=machine.make_disk, drive=machine.fill_disk, tear_down=machine.end_disk, is_for_root=True,
          shows="dropped"),
    upstream("descriptors", "a limit of 100 descriptors from the start, then fewer than are open", *IDLE, share=0.3,
             before=machine.limit_descriptors, drive=machine.take_descriptors, closes_connections=True, shows="none"),
    upstream("clock", "the clock jumps by hours, back and forth", does.late, *IDLE, *REPEATS,
             before=machine.set_clock, drive=machine.jump, shows="repeats"),
    upstream("restart", "TERM and a new edge on the same sockets, again and again", does.slow, *IDLE, *REPEATS,
             before=machine.open_sockets, drive=machine.restart, tear_down=machine.close_sockets, goes_away=True,
             shows="repeats"),
]  # fmt: skip

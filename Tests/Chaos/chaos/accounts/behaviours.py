"""What an upstream does wrong with one request, or with a connection before it reads any."""

import asyncio

from chaos.accounts.upstream import make_reset, well

# Longer than the edge waits for the first byte, and than it waits in all.
LATE = 0.9
FOREVER = 2.2


async def stalls(turn):
    """Reads, records nothing, says nothing."""
    await asyncio.sleep(FOREVER)
    turn.close()


async def stalls_recorded(turn):
    answer = turn.take()
    await asyncio.sleep(FOREVER)
    turn.settle(answer[0])
    turn.close()


async def late(turn):
    """Records, and answers when the edge has given up."""
    answer = turn.take()
    await asyncio.sleep(LATE)
    await turn.reply(*answer)


async def recorded_late(turn):
    """Records when the edge has given up."""
    await asyncio.sleep(LATE)
    await turn.reply(*turn.take())


async def slow(turn):
    """Records, and answers in time."""
    answer = turn.take()
    await asyncio.sleep(0.1)
    await turn.reply(*answer)


async def part_then(turn, end):
    status, body = turn.take()
    turn.settle(status)
    message = turn.bytes_of(status, body)
    turn.say(message[: turn.upstream.rng.choice([1, 12, 40, message.index(b"{"), len(message) - 1])])
    await end(turn)


async def half_then_closes(turn):
    async def end(turn):
        turn.close()

    await part_then(turn, end)


async def half_then_resets(turn):
    async def end(turn):
        # The half has to arrive before what takes it back.
        await asyncio.sleep(turn.upstream.rng.choice([0, 0.01]))
        turn.reset()

    await part_then(turn, end)


async def half_then_stalls(turn):
    async def end(turn):
        await asyncio.sleep(FOREVER)
        turn.close()

    await part_then(turn, end)


async def resets_unrecorded(turn):
    turn.reset()


async def resets_recorded(turn):
    """Takes back the connection, not the event."""
    turn.settle(turn.take()[0])
    turn.reset()


async def closes_recorded(turn):
    turn.settle(turn.take()[0])
    turn.close()


async def resets_at_work(turn):
    """The connection breaks while the event is being recorded: a repeat finds its key in flight."""
    status, _ = turn.take()
    turn.reset()
    await asyncio.sleep(0.05)
    turn.settle(status)


async def closes_idle(turn):
    """Answers, and closes the connection that the edge keeps, now or while the next request is on its way."""
    await well(turn)
    await asyncio.sleep(turn.upstream.rng.choice([0, 0, 0.001, 0.003, 0.01]))
    turn.close()


async def resets_idle(turn):
    await well(turn)
    await turn.writer.drain()
    await asyncio.sleep(turn.upstream.rng.choice([0.001, 0.003, 0.01]))
    turn.reset()


async def says_429(turn):
    await turn.reply(429, turn.error(429, "RATE_LIMIT_EXCEEDED", {"retryAfter": 1}), fields=["Retry-After: 1"])


async def says_429_without_json(turn):
    await turn.reply(429, "slow down", kind="text/plain")


async def says_500(turn):
    await turn.reply(500, turn.error(500, "INTERNAL_SERVER_ERROR"))


async def says_500_recorded(turn):
    turn.take()
    await turn.reply(500, turn.error(500, "INTERNAL_SERVER_ERROR"))


async def says_503_html_recorded(turn):
    turn.take()
    await turn.reply(503, "<html>Service Unavailable</html>", kind="text/html")


async def says_409_in_flight(turn):
    await turn.reply(*turn.conflict(None))


async def says_409_done(turn):
    await turn.reply(*turn.conflict(turn.upstream.rng.choice([200, 500])))


async def says_html(turn):
    """A page in Plunk's place."""
    await turn.reply(200, "<html>Welcome</html>", kind="text/html")


async def says_html_recorded(turn):
    turn.take()
    await turn.reply(200, "<html>Welcome</html>", kind="text/html")


async def says_404_html(turn):
    await turn.reply(404, "<html>Not Found</html>", kind="text/html")


async def says_302(turn):
    await turn.reply(302, "", kind="text/html", fields=["Location: https://app.example.com/login"])


async def says_no_http(turn):
    turn.settle(turn.take()[0])
    turn.say(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    turn.close()


async def says_two_lengths(turn):
    status, body = turn.take()
    turn.settle(status)
    message = turn.bytes_of(status, body, fields=[f"Content-Length: {len(body) + 1}"])
    turn.say(message)


async def answers_twice(turn):
    """One answer too many, which must not become the next request's."""
    status, body = turn.take()
    await turn.reply(status, body)
    turn.say(turn.bytes_of(status, body))


# Of connections: true if requests are then read.


async def reset_at_once(reader, writer):
    make_reset(writer.transport)
    return False


async def reset_at_first_byte(reader, writer):
    await reader.read(1)
    make_reset(writer.transport)
    return False


async def closed_at_once(reader, writer):
    writer.close()
    return False


async def unread_for_long(reader, writer):
    """Reads what has come when the edge has given up on it, and takes it all the same."""
    await asyncio.sleep(LATE)
    return True

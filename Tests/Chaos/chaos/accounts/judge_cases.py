"""Shows the judge books that do not balance, one wrong thing in each: a judge that finds nothing proves nothing."""

from chaos.accounts.books import MAYBE, NOT_PROCESSED, NOTHING, SILENCE, Arrival, Book, Event, Result
from chaos.accounts.judge import judge


def balanced():
    """Answered and recorded; answered that it may have been, and recorded; refused; gone, and recorded."""
    book = Book()

    def enter(number, result, arrivals, line, **event):
        book.events[number] = Event(number, "HTTP/1.1", results=[result], **event)
        book.arrivals[number] = arrivals
        book.lines[number] = [line]

    def line(number, status, outcome, attempts=0, **more):
        upstream = {"upstream": {"attempts": attempts}} if attempts else {}
        answer = {"status": status} if status else {}
        return {"request_id": f"id-{number}", "outcome": outcome, **answer, **upstream, **more}

    enter(1, Result(200, "id-1", named=1), [Arrival(1, None, "id-1", recorded=True)], line(1, 200, "forwarded", 1))
    enter(2, Result(504, "id-2", says=MAYBE), [Arrival(2, "key", "id-2", recorded=True), Arrival(2, "key", "id-2")],
          line(2, 504, "upstream_failed", 2, reason="upstream_timeout"))  # fmt: skip
    enter(3, Result(503, "id-3", says=NOTHING), [], line(3, 503, "overloaded"))
    enter(4, Result(end="left"), [Arrival(4, None, "id-4", recorded=True)], line(4, None, "client_gone", 1),
          abort="left")  # fmt: skip
    return book


def lose(book):
    book.arrivals[1][0].recorded = False


def lose_result(book):
    book.events[1].results = []


def double(book):
    book.arrivals[2][1].recorded = True


def send_twice_without_key(book):
    book.arrivals[1].append(Arrival(1, None, "id-1"))
    book.lines[1][0]["upstream"]["attempts"] = 2


def change_key(book):
    book.arrivals[2][1].idempotency_key = "another"


def say_nothing_was(book):
    book.events[2].results[0].says = NOTHING


def say_nothing(book):
    book.events[2].results[0] = Result(504, "id-2", code="EXTERNAL_SERVICE_ERROR")


def say_429(book):
    book.events[2].results[0] = Result(429, "id-2", code="RATE_LIMIT_EXCEEDED")
    book.lines[2][0]["status"] = 429


def hide_recorded(book):
    del book.lines[4][0]["upstream"]


def deny_recorded(book):
    book.events[4].results[0].end = NOT_PROCESSED


def lose_line(book):
    del book.lines[3]


def lose_line_of_gone(book):
    del book.lines[4]


def double_line(book):
    book.lines[1] *= 2


def count_too_many_drops(book):
    book.dropped = 1


def count_too_few_drops(book):
    del book.lines[3], book.lines[1]
    book.dropped = 1


def log_another_status(book):
    book.lines[1][0]["status"] = 502


def log_another_id(book):
    book.lines[1][0]["request_id"] = "id-9"


def take_hours(book):
    book.lines[1][0]["duration_ms"] = 36_000_000


def answer_another(book):
    book.events[1].results[0].named = 2


def answer_twice(book):
    book.events[1].results *= 2


def be_silent(book):
    book.events[4].results[0].end = SILENCE


def forward_the_refused(book):
    book.arrivals[3].append(Arrival(3, None, "id-3"))


def break_a_rule(book):
    book.arrivals[1][0].violations.append("a cookie")


def close_unread(book):
    book.events[5] = Event(5, "HTTP/1.1", results=[Result(end="connection lost")])


def close_new_unread(book):
    book.goes_away = True
    close_unread(book)


def refuse_unlogged(book):
    book.closes_connections = True
    close_unread(book)


def log_a_stranger(book):
    book.lines[6] = book.lines[1]


def log_no_event(book):
    book.unnamed.append({"request_id": "id-7", "outcome": "overloaded"})


def arrive_unsent(book):
    book.arrivals[8] = [Arrival(8, None, "id-8")]


def log_an_unheard_answer(book):
    book.events[4].abort = None
    book.lines[4][0]["status"] = 200


def forget_the_given_id(book):
    book.events[1].given_id = "mine"
    book.lines[1][0]["user_agent"] = "event-1"


def send_another_id(book):
    book.arrivals[1][0].request_id = "id-9"


def send_more_than_logged(book):
    book.lines[2][0]["upstream"]["attempts"] = 1


def refuse_what_arrived(book):
    """Only its outcome gives it away: attempts are as many as arrivals."""
    forward_the_refused(book)
    book.lines[3][0]["upstream"] = {"attempts": 1}


def go_away(book):
    """Who was on a connection that was kept may not have been read."""
    book.goes_away = True
    book.events[5] = Event(5, "HTTP/1.1", results=[Result(end="connection lost")], is_kept=True)


def end_connection(book):
    """Of a connection without a place there is a line that names no event."""
    book.closes_connections = True
    close_unread(book)
    log_no_event(book)


def say_not_processed(book):
    book.events[5] = Event(5, "HTTP/2", results=[Result(end=NOT_PROCESSED)])


def say_what_was_dropped(book):
    del book.lines[3]
    book.dropped = 1


# Books that balance as well, each for a reason of its own.
RIGHT = [go_away, end_connection, say_not_processed, say_what_was_dropped]

WRONG = {
    lose: "lost", lose_result: "lost", double: "doubled", send_twice_without_key: "doubled", change_key: "doubled",
    **dict.fromkeys(
        [
            say_nothing_was, say_nothing, say_429, hide_recorded, deny_recorded, lose_line, lose_line_of_gone,
            double_line, count_too_many_drops, count_too_few_drops, log_another_status, log_another_id, take_hours,
            answer_another, answer_twice, be_silent, forward_the_refused, break_a_rule, close_unread,
            close_new_unread, refuse_unlogged, log_a_stranger, log_no_event, arrive_unsent, log_an_unheard_answer,
            forget_the_given_id, send_another_id, send_more_than_logged, refuse_what_arrived,
        ],
        "unexplained",
    ),
}  # fmt: skip


def problems():
    """What the judge gets wrong, a sentence each."""
    found = []
    if wrong := judge(balanced()).findings:
        found.append(f"The judge is wrong about balanced books: {wrong}")
    for excuse in RIGHT:
        book = balanced()
        excuse(book)
        if wrong := judge(book).findings:
            found.append(f"The judge is wrong about books that balance, {excuse.__name__}: {wrong}")
    for spoil, kind in WRONG.items():
        book = balanced()
        spoil(book)
        if not judge(book).count(kind):
            found.append(f"The judge does not find what is {kind}: {spoil.__name__}")
    return found

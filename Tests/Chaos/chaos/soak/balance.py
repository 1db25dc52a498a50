"""Whether the edge counted what its clients did."""

from chaos.soak.judge import Criterion

REQUESTS = 'plunk_edge_requests_total{outcome="%s",reason="%s"}'
# What each kind of request has to be in the metrics.
EXPECTED = {
    "no_key": ("rejected", "missing_auth"),
    "wrong_key": ("rejected", "unknown_key"),
    "wrong_path": ("rejected", "wrong_endpoint"),
    "bad_json": ("rejected", "invalid_json"),
    "bad_fields": ("rejected", "invalid_fields"),
    "preflight": ("preflight", "preflight"),
}
# A request whose client has gone may have been answered before that was seen. Half a head is no request yet.
ANSWERED = ("valid", "newcomer")
LEFT = ("half a body", "a whole request")
EITHER = (("forwarded", ""), ("client_gone", "client_gone"))


def check(course):
    """The balance, a row each of a kind, its count by clients and in the metrics; then what else was counted."""
    rows = [(kind, course.answered[kind], int(course.metrics[REQUESTS % place])) for kind, place in EXPECTED.items()]
    forwarded, gone = (int(course.metrics[REQUESTS % place]) for place in EITHER)
    rows.append(("valid, or left in the middle", sum(course.answered[kind] for kind in ANSWERED + LEFT), forwarded + gone))
    known = {REQUESTS % place for place in (*EXPECTED.values(), *EITHER)}
    others = {name: int(value) for name, value in course.metrics.items()
              if name.startswith("plunk_edge_requests_total{") and name not in known and value}  # fmt: skip
    rows.append(("anything else", 0, sum(others.values())))
    return rows, others


def criteria(course):
    """What has no figure to be flat; then sentences about what was wrong."""
    rows, others = check(course)
    asked, counted = sum(row[1] for row in rows), sum(row[2] for row in rows)
    unequal = [f"{kind}: {done:,} by clients, {seen:,} in the metrics" for kind, done, seen in rows if done != seen]
    balanced = not unequal
    failed = int(course.metrics['plunk_edge_reloads_total{result="failure"}'])
    reloaded = int(course.metrics['plunk_edge_reloads_total{result="success"}'])
    wrong = course.wrong + [f"{name} counted {value:,}" for name, value in others.items()]
    found = [
        Criterion("wrong answers and errors", str(len(course.wrong)), "none", not course.wrong),
        Criterion(
            "requests, by clients and in the metrics", f"{asked:,} and {counted:,}", "equal, by kind",
            # Who is cut off cannot count what was under way.
            None if course.early else balanced,
        ),
        Criterion("reloads", f"{reloaded} of {course.reloads}", "all", reloaded == course.reloads and not failed),
    ]  # fmt: skip
    return found, wrong + ([] if course.early else unequal)

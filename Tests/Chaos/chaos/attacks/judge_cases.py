"""What the judge of attacks has to find, and what it must not blame: `Tests/Chaos/attacks --check-judge`."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

from benchmark.processes import MEBIBYTE

from chaos.attacks.judge import Moments, Outcome, judge
from chaos.attacks.log_check import check_log

# Seconds: when it begins to be calm, when the attack begins and ends, and the end of all.
BEGIN, START, END, LAST = 0.0, 2.0, 5.0, 8.0
KINDS = ("HTTP/1.1 kept", "HTTP/1.1 new", "HTTP/2 kept")
ENOUGH = {"offered": 1000}
QUIET = {"before": 22 * MEBIBYTE, "peak": 40 * MEBIBYTE, "after": 23 * MEBIBYTE}


def samples(change=lambda kind, began: None):
    """A hundred answers a second, of which each takes 2 ms and is right, but for what `change` gives: milliseconds and a
    verdict."""
    made = []
    for index in range(int((LAST - BEGIN) * 100)):
        kind, began = KINDS[index % len(KINDS)], BEGIN + index / 100
        milliseconds, verdict = change(kind, began) or (2, "")
        made.append((kind, began, milliseconds / 1000, verdict))
    return made


def once(moment, kind, verdict="", milliseconds=2):
    """One answer of that kind, the first from that moment on, is another."""
    done = []

    def change(sample_kind, began):
        if began < moment or sample_kind != kind or done:
            return None
        done.append(began)
        return milliseconds, verdict

    return samples(change)


def from_end_on(milliseconds, seconds):
    return samples(lambda _, began: (milliseconds, "") if END <= began < END + seconds else None)


def while_attacked(milliseconds):
    return samples(lambda _, began: (milliseconds, "") if START <= began < END else None)


RESET = "unserved: ConnectionResetError: "

# What happened; its samples; what else differs; a word of each fault, in their order.
CASES = [
    ("nothing wrong", samples(), {}, []),
    ("one who was slow, once, behind the end", once(END + 1, "HTTP/2 kept", milliseconds=15), {}, []),
    ("answers that are slow until a second behind the end", from_end_on(300, 1), {}, []),
    ("a client on a kept connection that was turned away", once(START, "HTTP/2 kept", RESET), {}, ["unserved"]),
    ("the same where new ones may be", once(START, "HTTP/2 kept", RESET), {"turned_away": "full"}, ["unserved"]),
    ("a new one where that may be", once(START, "HTTP/1.1 new", RESET), {"turned_away": "full"}, []),
    ("a new one before the attack", once(BEGIN, "HTTP/1.1 new", RESET), {"turned_away": "full"}, ["unserved"]),
    ("a new one behind it", once(END, "HTTP/1.1 new", RESET), {"turned_away": "full"}, ["unserved"]),
    ("a wrong answer", once(START, "HTTP/1.1 new", "wrong: 200"), {"turned_away": "full"}, ["wrong"]),
    ("answers that stay slow", from_end_on(300, LAST), {}, ["percentile has not come back"]),
    ("descriptors that stay open", samples(), {"came_back": None}, ["descriptors"]),
    ("nobody while it is attacked", [sample for sample in samples() if not START <= sample[1] < END], {}, ["heard"]),
    ("answers that are slow meanwhile", while_attacked(300), {}, ["slow: 300 ms, and 2"]),
    ("the same for a reason that is known", while_attacked(300), {"slow": "a queue"}, []),
    ("answers that are twice as slow, and no more than the machine can be", while_attacked(20), {}, []),
    ("clients that did nothing", samples(), {"report": {"offered": 0, "failed": 900}}, ["did 0 of 1,000"]),
    ("fewer clients than there have to be", samples(), {"report": {"open": 9, "opened": 999}}, ["did 999 of 1,000"]),
    ("clients that only wait, and were ended", samples(), {"report": {"open": 9, "opened": 1000}, "is_passive": True}, ["did 9"]),
    ("a tenth of the clients where no more are asked for", samples(), {"report": {"opened": 100}, "part": 0.1}, []),
    ("too much memory", samples(), {"resident": {**QUIET, "peak": 65 * MEBIBYTE}}, ["65 MiB of memory"]),
    ("a core used while clients wait", samples(), {"quiet_cpu": 0.3}, ["0.30 CPU seconds"]),
]

REMARKS = [
    ("memory that stays", samples(), {"resident": {**QUIET, "after": 60 * MEBIBYTE}}, ["stays taken"]),
    ("a new one that may be turned away", once(START, "HTTP/1.1 new", RESET), {"turned_away": "full"}, ["full"]),
    ("answers that may be slow", while_attacked(300), {"slow": "a queue"}, ["slow: a queue"]),
    ("nothing", samples(), {"turned_away": "full", "slow": "a queue"}, []),
]


def judged(
    seen, came_back=0.1, resident=QUIET, quiet_cpu=None, report=ENOUGH, part=1, waits=START, turned_away="", slow="",
    is_passive=False,
):  # fmt: skip
    attack = SimpleNamespace(turned_away=turned_away, slow=slow, least=1000, ceiling=64, is_passive=is_passive)
    outcome = Outcome(attack, resident=dict(resident), quiet_cpu=quiet_cpu, report=report)
    judge(outcome, seen, Moments(BEGIN, START, waits, END), came_back, part)
    return outcome


def is_as_expected(found, words):
    return len(found) == len(words) and all(word in one for word, one in zip(words, found, strict=True))


def problems():
    """What the judge gets wrong, a sentence each."""
    wrong = []
    for name, seen, others, words in CASES:
        faults = judged(seen, **others).problems
        if not is_as_expected(faults, words):
            wrong.append(f"Shown {name}, the judge blames {faults} and not {words}")
    for name, seen, others, words in REMARKS:
        remarks = judged(seen, **others).remarks
        if not is_as_expected(remarks, words):
            wrong.append(f"Shown {name}, the judge remarks {remarks} and not {words}")
    for name, seen, tries in (
        ("slow answers", while_attacked(300), True), ("nothing wrong", samples(), False),
        ("a wrong one among slow ones", while_attacked(300) + once(START, "HTTP/1.1 new", "wrong: 200"), False),
    ):  # fmt: skip
        if judged(seen).deserves_another_try != tries:
            wrong.append(f"Shown {name}, the judge {'wants no' if tries else 'wants'} another try")
    slow = judged(while_attacked(300))
    if not slow.is_slow or not 149 < slow.ratio < 151:
        wrong.append(f"Answers of 300 ms instead of 2 have a ratio of {slow.ratio:.1f}")
    if judged(samples()).is_slow:
        wrong.append("Answers that take as long as before pass for slow")
    arrival = judged(samples(lambda _, began: (300, "") if START <= began < START + 0.5 else None), waits=START + 0.5)
    if arrival.is_slow or arrival.coming != (300, 300):
        wrong.append(f"Slow only while clients come, they are {arrival.coming} and not 300 ms, or pass for slow later")
    lost = judged(once(START, "HTTP/2 kept", RESET), waits=START + 0.5)
    if not is_as_expected(lost.faults, ["unserved"]):
        wrong.append(f"Shown one who was turned away while clients came, the judge blames {lost.faults}")
    for name, others in (("answers", {"seen": from_end_on(300, LAST)}), ("descriptors", {"seen": samples(), "came_back": None})):
        if judged(**others).recovery is not None:
            wrong.append(f"Where {name} do not come back there is a recovery")
    late = judged(from_end_on(300, 1)).recovery
    if not 0.9 < late < 1.1:
        wrong.append(f"Answers that are slow for a second have recovered after {late:.1f} s")
    return wrong + log_problems()


def log_problems():
    """What the check of logs gets wrong, a sentence each."""
    good = '{"v":1,"time":"","request_id":"","client":"","outcome":""}'
    lines = [
        (good, []), ("{", ["line 1"]), ('{"v":1}', ["without"]), (good[:-1] + ',"a":"\x1b"}', ["Invalid", "control"]),
        (good[:-1] + ',"a":"\u0085"}', ["control"]), (good[:-1] + ',"a":"sk_CANARY1"}', ["planted"]),
    ]  # fmt: skip
    wrong = []
    with tempfile.NamedTemporaryFile() as file:
        for line, words in lines:
            Path(file.name).write_text(line + "\n", encoding="utf-8")
            faults = check_log(None, Path(file.name))
            if not is_as_expected(faults, words):
                wrong.append(f"Shown the line {line!r}, the check of logs blames {faults} and not {words}")
    return wrong

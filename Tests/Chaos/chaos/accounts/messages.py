"""How an event is asked and an answer understood, over whichever protocol."""

import json
import re

from chaos.accounts.books import MAYBE, NOTHING, Result

# Seconds for which a client waits for an answer.
PATIENCE = 20
KEYS = [f"pk_{index:02d}" + "0123456789abcdef" * 3 for index in range(20)]


def body_of(number):
    event = {"event": f"event_{number}", "email": "ada@example.com", "data": {"number": number}}
    return json.dumps(event).encode()


def fields_of(event):
    fields = {
        "user-agent": f"event/{event.number}", "content-type": "application/json",
        "authorization": f"Bearer {KEYS[event.number % len(KEYS)]}",
    }  # fmt: skip
    if event.idempotency_key:
        fields["idempotency-key"] = event.idempotency_key
    if event.given_id:
        fields["x-request-id"] = event.given_id
    return fields


def request_of(event, target="/v1/track"):
    """Head and body of its request in HTTP/1.1."""
    body = body_of(event.number)
    fields = {"host": "localhost", **fields_of(event), "content-length": len(body)}
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode(), body


def read_answer(status, fields, body):
    """What an answer tells its client."""
    result = Result(status=status, request_id=fields.get("x-request-id"), body=body.decode(errors="replace"))
    try:
        members = json.loads(body)
    except ValueError:
        members = {}
    error = members.get("error", {})
    result.code = error.get("code")
    said = error.get("suggestion", "")
    result.says = MAYBE if "may have been recorded" in said else NOTHING if "Nothing was recorded" in said else None
    named = re.fullmatch(r"event (\d+)", error.get("message", "")) or re.match(
        r"0{8}-0{4}-4000-8000-(\d{12})$", members.get("data", {}).get("event", "")
    )
    result.named = int(named[1]) if named else None
    return result

"""Sends events all at once with httpx, over HTTP/2: events.py URL AUTHORITY KEY COUNT. Prints how many got which answer."""

import asyncio
import collections
import ssl
import sys

try:
    import h2  # httpx speaks HTTP/2 only where this is there.
    import httpx
except ImportError as error:
    sys.exit(f"{error}: install the Debian packages python3-httpx and python3-h2, as ./Tests/run does")


async def main(url, authority, key, count):
    context = ssl.create_default_context(cafile=authority)
    async with httpx.AsyncClient(http2=True, verify=context, timeout=20) as client:
        answers = await asyncio.gather(*(
            client.post(
                url, headers={"Authorization": f"Bearer {key}"},
                json={"event": f"event-{number}", "email": "ada@example.com"})
            for number in range(count)))
    seen = collections.Counter((answer.http_version, answer.status_code) for answer in answers)
    for (version, status), times in sorted(seen.items()):
        print(times, version, status)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))

"""Sends events until TERM: steady_load.py PORT KEY [AUTHORITY] [--pause SECONDS]

On four connections that are kept as long as the edge says, and on a new one for each event; over TLS where AUTHORITY is
the file that says whom to trust. Each waits a hundredth of a second between two, or SECONDS. Nothing is sent twice: what
fails counts. Prints how many were answered on either kind, and each failure.
"""

import argparse
import http.client
import signal
import ssl
import threading
import time

BODY = b'{"event":"signup","email":"ada@example.com"}'
stopping = threading.Event()
counting = threading.Lock()
answered = {"kept": 0, "new": 0}
failures = []


def send(connection, key):
    connection.request(
        "POST", "/v1/track", BODY, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise ValueError(f"status {answer.status}")


def work(kind, port, key, authority, pause):
    if authority:
        context = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection("localhost", port, timeout=20, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while not stopping.is_set():
        try:
            # Connects where there is no connection, or the last answer has said that it ends.
            send(connection, key)
            with counting:
                answered[kind] += 1
        except (OSError, http.client.HTTPException, ValueError) as failure:
            failures.append(f"{kind}: {failure!r}")
            connection.close()
        if kind == "new":
            connection.close()
        time.sleep(pause)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("key")
    parser.add_argument("authority", nargs="?")
    parser.add_argument("--pause", type=float, default=0.01)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    workers = [
        threading.Thread(target=work, args=(kind, options.port, options.key, options.authority, options.pause))
        for kind in ("kept", "new") for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"kept {answered['kept']} new {answered['new']} failed {len(failures)}")
    print("\n".join(failures[:20]))


if __name__ == "__main__":
    main()

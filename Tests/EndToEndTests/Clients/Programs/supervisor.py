"""Keeps listening sockets and runs the edge on them, as systemd does with a socket unit:

supervisor.py EDGE CONFIGURATION ADDRESS... - opens each ADDRESS (127.0.0.1:0, [::]:0, /path), says `socket ADDRESS` with
the port that the system picked, writes it in the place of `SOCKET0`, `SOCKET1` and so on in CONFIGURATION, and starts
EDGE. HUP ends the edge by TERM and starts it again: `started N`. TERM ends both.
"""

import os
import signal
import socket
import sys


def listening(address):
    if address.startswith("/"):
        found = socket.socket(socket.AF_UNIX)
        found.bind(address)
        name = f"unix:{address}"
    else:
        host, port = address.rsplit(":", 1)
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        found = socket.socket(family)
        if family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        found.bind((host.strip("[]"), int(port)))
        name = f"{host}:{found.getsockname()[1]}"
    found.listen(socket.SOMAXCONN)
    print("socket", name, flush=True)
    return found, name


def start(edge, configuration, sockets):
    process = os.fork()
    if process:
        return process
    # First out of the way, then to 3, 4 and so on.
    for index, item in enumerate(sockets):
        os.dup2(item.fileno(), 100 + index)
    for index in range(len(sockets)):
        os.dup2(100 + index, 3 + index)
    os.closerange(3 + len(sockets), 200)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    variables = {"LISTEN_FDS": str(len(sockets)), "LISTEN_PID": str(os.getpid()), "LISTEN_FDNAMES": "edge"}
    # The kernel ends it with this process.
    os.execve(
        "/usr/bin/setpriv", ["setpriv", "--pdeathsig", "KILL", edge, "serve", "--config", configuration],
        os.environ | variables)


def main(edge, configuration, *addresses):
    signals = {signal.SIGHUP, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    sockets, names = zip(*map(listening, addresses))
    with open(configuration, encoding="utf-8") as file:
        text = file.read()
    for index, name in enumerate(names):
        text = text.replace(f"SOCKET{index}", name)
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(text)
    starts = 0
    while True:
        running = start(edge, configuration, sockets)
        starts += 1
        print("started", starts, flush=True)
        wanted = signal.sigwait(signals)
        os.kill(running, signal.SIGTERM)
        status = os.waitstatus_to_exitcode(os.waitpid(running, 0)[1])
        if status != 0 or wanted == signal.SIGTERM:
            return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

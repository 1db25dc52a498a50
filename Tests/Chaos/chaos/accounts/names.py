"""A small DNS server for names that end in .plunk.test, and a resolv.conf that leads to it."""

import asyncio
import ctypes
import os
import socket
import struct
import subprocess

# Of this program alone: others may be doing the same.
ADDRESS = f"127.53.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
CLONE_NEWNS = 0x20000
SILENT, SERVFAIL, NXDOMAIN = "silent", "SERVFAIL", "NXDOMAIN"
RESPONSE_CODES = {SERVFAIL: 2, NXDOMAIN: 3}
A = 1


def own_mounts():
    """From now on this process and what it starts have mounts of their own, which end with them (unshare(2)); false
    where that is not allowed."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True).returncode == 0


class Names(asyncio.DatagramProtocol):
    """`table` says what each name leads to: an address, or what goes wrong. All lives for a second."""

    def __init__(self):
        self.table = {}
        self.transport = None

    @classmethod
    async def open(cls, folder):
        """Serves, and has the resolver of everything that is started from now on ask here."""
        _, names = await asyncio.get_running_loop().create_datagram_endpoint(cls, (ADDRESS, 53))
        path = folder / "resolv.conf"
        path.write_text(f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n")
        subprocess.run(["mount", "--bind", path, "/etc/resolv.conf"], check=True)
        return names

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, query, sender):
        answer = self._answer(query)
        if answer:
            self.transport.sendto(answer, sender)

    def _answer(self, query):
        """RFC 1035, section 4: header, the question again, and one A record that points at its name."""
        labels, position = [], 12
        while query[position]:
            labels.append(query[position + 1 : position + 1 + query[position]].decode())
            position += 1 + query[position]
        question = query[12 : position + 5]
        kind = struct.unpack("!H", query[position + 1 : position + 3])[0]
        leads_to = self.table.get(".".join(labels).lower(), NXDOMAIN)
        if leads_to == SILENT:
            return None
        record = b""
        if leads_to not in RESPONSE_CODES and kind == A:
            record = struct.pack("!HHHIH", 0xC00C, A, 1, 1, 4) + socket.inet_aton(leads_to)
        header = query[:2] + struct.pack("!HHHHH", 0x8180 | RESPONSE_CODES.get(leads_to, 0), 1, bool(record), 0, 0)
        return header + question + record

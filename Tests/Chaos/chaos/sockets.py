"""What Python's socket module has no words for."""

import socket
import struct

# ip(7); Python knows it from 3.12 on.
IP_BIND_ADDRESS_NO_PORT = 24


def client_socket():
    """For a client with an address of its own: its port is chosen at connect(2), of those that are free for this
    address, and not at bind(2), of those that nobody has."""
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    return client


def reset_at_close(handle):
    """Its end will be a RST for its peer (socket(7), SO_LINGER of 0 seconds)."""
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

"""One connection of HTTP/2, over TLS."""

import asyncio

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from chaos.accounts.books import NOT_PROCESSED, SILENCE, Result
from chaos.accounts.messages import PATIENCE, body_of, fields_of, read_answer

# Answers come behind a GOAWAY (RFC 9113, section 6.8), and h2 takes it for the connection's end.
h2.connection.H2ConnectionStateMachine._transitions[
    (h2.connection.ConnectionState.CLIENT_OPEN, h2.connection.ConnectionInputs.RECV_GOAWAY)
] = (None, h2.connection.ConnectionState.CLIENT_OPEN)


class HTTP2Connection(asyncio.Protocol):
    """Many requests at a time."""

    def __init__(self):
        self._connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self._streams = {}
        self.transport = None
        self.is_closed = False

    @classmethod
    async def open(cls, port, tls):
        _, connection = await asyncio.get_running_loop().create_connection(
            cls, "127.0.0.1", port, ssl=tls, server_hostname="localhost"
        )
        return connection

    def connection_made(self, transport):
        self.transport = transport
        self._connection.initiate_connection()
        self._flush()

    async def ask(self, event, leave_after=None):
        """The result; with `leave_after` (seconds) the stream is reset then, unless the answer has come."""
        if self.is_closed:
            return Result(end="closed before the request")
        stream, body = self._connection.get_next_available_stream_id(), body_of(event.number)
        pseudo = {":method": "POST", ":scheme": "https", ":authority": "localhost", ":path": "/v1/track"}
        fields = {**pseudo, **fields_of(event), "content-length": str(len(body))}
        waiting = asyncio.get_running_loop().create_future()
        self._streams[stream] = (waiting, {}, bytearray())
        try:
            self._connection.send_headers(stream, list(fields.items()))
            self._connection.send_data(stream, body, end_stream=True)
        except h2.exceptions.ProtocolError as error:
            del self._streams[stream]
            self.close()
            return Result(end=f"closed before the request: {error!r}")
        self._flush()
        try:
            return await asyncio.wait_for(asyncio.shield(waiting), PATIENCE if leave_after is None else leave_after)
        except TimeoutError:
            if waiting.done():
                return waiting.result()
            del self._streams[stream]
            if not self.transport.is_closing():
                self._connection.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
                self._flush()
            return Result(end=SILENCE if leave_after is None else "left")

    def data_received(self, data):
        try:
            events = self._connection.receive_data(data)
        except h2.exceptions.ProtocolError as error:
            self._end(f"broke HTTP/2: {error!r}")
            return self.transport.abort()
        for event in events:
            self._take(event)
        self._flush()

    def _take(self, event):
        if isinstance(event, h2.events.ConnectionTerminated):
            self.is_closed = True
            for stream in [stream for stream in self._streams if stream > event.last_stream_id]:
                self._streams.pop(stream)[0].set_result(Result(end=NOT_PROCESSED))
            return
        stream = getattr(event, "stream_id", None)
        if isinstance(event, h2.events.DataReceived):
            self._connection.acknowledge_received_data(event.flow_controlled_length, stream)
        if stream not in self._streams:
            return
        waiting, fields, body = self._streams[stream]
        if isinstance(event, h2.events.ResponseReceived):
            fields.update(event.headers)
        elif isinstance(event, h2.events.DataReceived):
            body += event.data
        elif isinstance(event, h2.events.StreamEnded):
            del self._streams[stream]
            waiting.set_result(read_answer(int(fields[":status"]), fields, bytes(body)))
        elif isinstance(event, h2.events.StreamReset):
            del self._streams[stream]
            waiting.set_result(Result(end=f"stream reset: {event.error_code}"))

    def _flush(self):
        data = self._connection.data_to_send()
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def _end(self, why):
        self.is_closed = True
        for waiting, _, _ in self._streams.values():
            waiting.set_result(Result(end=why))
        self._streams = {}

    def connection_lost(self, error):
        self._end(f"connection lost: {error or 'closed'}")

    def close(self):
        self.is_closed = True
        if not self._streams:
            self.transport.close()

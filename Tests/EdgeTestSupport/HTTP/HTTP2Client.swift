import EdgeCore
import NIOCore
import NIOHPACK

/// One HTTP/2 connection in clear text to the edge: whatever frames a test wants to send, and a strict reader of what comes
/// back. It does nothing by itself but acknowledge SETTINGS and PING and open the connection's window again. One thread.
package final class HTTP2Client {
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// What has come on one stream.
    package struct Incoming: Sendable {
        /// 1xx, in order.
        package var interim: [Int] = []
        package fileprivate(set) var response: HTTPResponse?
        package fileprivate(set) var isComplete = false
        package fileprivate(set) var reset: HTTP2Code?
    }

    private let socket: Socket
    /// How long one operation may take.
    private let patience: Duration
    /// Received and not yet read.
    private var received: [UInt8] = []
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    package private(set) var streams: [UInt32: Incoming] = [:]
    /// The GOAWAY frames that have come: each one's last stream and code.
    package private(set) var goAways: [(last: UInt32, code: HTTP2Code)] = []
    /// What the edge has set, by the numbers of RFC 9113, section 6.5.2.
    package private(set) var settings: [UInt16: UInt32] = [:]
    package private(set) var pingsAnswered = 0
    /// How many bytes the edge has allowed the connection beyond its first 65,535.
    package private(set) var windowAdded: UInt32 = 0
    /// Whether the edge has closed.
    package private(set) var hasEnded = false
    /// Whether PING is answered, as it has to be.
    package var answersPings = true
    /// Whether the edge may send as many bytes more on the connection as have come.
    package var opensWindow = true

    /// - Parameter isStarted: whether the preface and `settings` are sent at once.
    package init(
        port: UInt16, settings: [(UInt16, UInt32)] = [], isStarted: Bool = true, receiveBuffer: Int32? = nil,
        patience: Duration = .seconds(20)
    ) throws {
        socket = try .connect(toPort: port, receiveBuffer: receiveBuffer)
        self.patience = patience * SanitizerCost.time
        if isStarted { try send(bytes: Self.preface + RawFrame.settings(settings).bytes) }
    }

    // MARK: - Sending

    package func send(_ frames: RawFrame...) throws { try send(frames) }

    package func send(_ frames: [RawFrame]) throws { try send(bytes: frames.flatMap(\.bytes)) }

    package func send(bytes: [UInt8]) throws { try socket.send(bytes, until: .now + patience) }

    /// Sends as far as the edge still takes it.
    package func sendUntilRefused(_ frames: [RawFrame]) { try? send(frames) }

    /// Ends the connection by RST.
    package func vanish() { socket.reset() }

    package func halfClose() { socket.halfClose() }

    // MARK: - Receiving

    /// The answer on a stream; throws where none comes.
    package func response(on stream: UInt32) throws -> HTTPResponse {
        try receive(until: "an answer on \(stream)") {
            $0.streams[stream].map { $0.isComplete || $0.reset != nil } == true
        }
        guard let incoming = streams[stream], incoming.isComplete, let response = incoming.response else {
            throw Overdue("stream \(stream) was reset: \(String(describing: streams[stream]))")
        }
        return response
    }

    /// The code of the RST_STREAM that ends a stream.
    package func reset(on stream: UInt32) throws -> HTTP2Code? {
        try receive(until: "RST_STREAM on \(stream)") { $0.streams[stream]?.reset != nil }
        return streams[stream]?.reset
    }

    /// Everything up to the end of the connection, a reset included.
    ///
    /// - Returns: the code of the last GOAWAY; nil if none came.
    @discardableResult
    package func readToEnd() throws -> HTTP2Code? {
        try receive(until: "the end") { $0.hasEnded }
        return goAways.last?.code
    }

    /// Reads until `condition` holds; throws where the connection ends before, or time does.
    package func receive(until what: String, _ condition: (HTTP2Client) -> Bool) throws {
        let deadline = ContinuousClock.now + patience
        while !condition(self) {
            guard !hasEnded else { throw Overdue("\(what): the connection ended, GOAWAY \(goAways)") }
            do {
                let bytes = try socket.receive(until: deadline)
                hasEnded = bytes.isEmpty
                received += bytes
            } catch Socket.Failure.reset {
                hasEnded = true
            } catch Socket.Failure.timedOut {
                throw Overdue("\(what); GOAWAY \(goAways), streams \(streams)")
            }
            try readFrames()
        }
    }

    /// Reads what comes within `span`.
    package func receive(for span: Duration) throws {
        let deadline = ContinuousClock.now + span
        do {
            while !hasEnded {
                let bytes = try socket.receive(until: deadline)
                hasEnded = bytes.isEmpty
                received += bytes
                try readFrames()
            }
        } catch Socket.Failure.timedOut {
        } catch Socket.Failure.reset {
            hasEnded = true
        }
    }

    private func readFrames() throws {
        var used = 0
        while let (frame, length) = RawFrame.parse(received[used...]) {
            used += length
            try take(frame)
        }
        received.removeFirst(used)
        if hasEnded, !received.isEmpty { throw HTTPResponse.Violation("the connection ended inside a frame", received) }
    }

    private func take(_ frame: RawFrame) throws {
        switch frame.kind {
        case RawFrame.Kind.headers: try takeHeaders(frame)
        case RawFrame.Kind.data: try takeData(frame)
        case RawFrame.Kind.reset: streams[frame.stream, default: Incoming()].reset = HTTP2Code(rawValue: frame.number())
        case RawFrame.Kind.settings where !frame.has(RawFrame.Flag.acknowledged):
            for offset in stride(from: 0, to: frame.payload.count, by: 6) {
                settings[UInt16(frame.number(at: offset) >> 16)] = frame.number(at: offset + 2)
            }
            try? send(.settingsReceived)
        case RawFrame.Kind.ping where frame.has(RawFrame.Flag.acknowledged): pingsAnswered += 1
        case RawFrame.Kind.ping where answersPings:
            try? send(RawFrame(RawFrame.Kind.ping, flags: RawFrame.Flag.acknowledged, frame.payload))
        case RawFrame.Kind.goAway:
            goAways.append((frame.number() & 0x7FFF_FFFF, HTTP2Code(rawValue: frame.number(at: 4))))
        case RawFrame.Kind.windowUpdate where frame.stream == 0: windowAdded += frame.number()
        default: return
        }
    }

    private func takeHeaders(_ frame: RawFrame) throws {
        guard frame.has(RawFrame.Flag.endHeaders), !frame.has(RawFrame.Flag.padded) else {
            throw HTTPResponse.Violation("a field list in parts, or padded", frame.payload)
        }
        var buffer = ByteBuffer(bytes: frame.payload)
        let fields = try decoder.decodeHeaders(from: &buffer).map { HTTPResponse.Field(name: $0.name, value: $0.value) }
        var incoming = streams[frame.stream] ?? Incoming()
        guard incoming.response == nil else {
            throw HTTPResponse.Violation("a second answer, or trailers", frame.payload)
        }
        let response = try HTTPResponse(fieldList: fields)
        if response.status < 200 {
            incoming.interim.append(response.status)
        } else {
            incoming.response = response
        }
        streams[frame.stream] = incoming
        if frame.has(RawFrame.Flag.endStream) { try complete(frame.stream) }
    }

    private func takeData(_ frame: RawFrame) throws {
        guard streams[frame.stream]?.response != nil, streams[frame.stream]?.isComplete == false else {
            throw HTTPResponse.Violation("DATA that belongs to no answer", frame.payload)
        }
        streams[frame.stream]?.response?.body += frame.payload
        if opensWindow, !frame.payload.isEmpty { try? send(.windowUpdate(0, UInt32(frame.payload.count))) }
        if frame.has(RawFrame.Flag.endStream) { try complete(frame.stream) }
    }

    private func complete(_ stream: UInt32) throws {
        guard let response = streams[stream]?.response else {
            throw HTTPResponse.Violation("a stream that ends without an answer", [])
        }
        // To HEAD there is a length and no body.
        let length = response["content-length"].flatMap { Int($0) } ?? 0
        guard response.body.isEmpty || response.body.count == length else {
            throw HTTPResponse.Violation("content-length is \(length)", response.body)
        }
        streams[stream]?.isComplete = true
    }
}

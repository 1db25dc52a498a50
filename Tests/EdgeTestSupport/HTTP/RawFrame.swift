/// A frame of HTTP/2 as bytes (RFC 9113, section 4.1): whatever a test wants it to be, allowed or not.
package struct RawFrame: Hashable, Sendable {
    package enum Kind {
        package static let data: UInt8 = 0
        package static let headers: UInt8 = 1
        package static let priority: UInt8 = 2
        package static let reset: UInt8 = 3
        package static let settings: UInt8 = 4
        package static let ping: UInt8 = 6
        package static let goAway: UInt8 = 7
        package static let windowUpdate: UInt8 = 8
        package static let continuation: UInt8 = 9
    }

    package enum Flag {
        /// Of DATA and HEADERS; the same bit is ACK of SETTINGS and PING.
        package static let endStream: UInt8 = 0x1
        package static let acknowledged: UInt8 = 0x1
        package static let endHeaders: UInt8 = 0x4
        package static let padded: UInt8 = 0x8
    }

    package var kind: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    package init(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        (self.kind, self.flags, self.stream, self.payload) = (kind, flags, stream, payload)
    }

    package var bytes: [UInt8] {
        let count = UInt32(payload.count)
        return [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), kind, flags]
            + Self.octets(stream) + payload
    }

    package func with(flags: UInt8) -> RawFrame { RawFrame(kind, flags: flags, stream: stream, payload) }

    package func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// The number that the payload holds at `offset`.
    package func number(at offset: Int = 0) -> UInt32 {
        payload.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a frame from the start of `bytes`; nil where more are needed.
    package static func parse(_ bytes: ArraySlice<UInt8>) -> (RawFrame, length: Int)? {
        let head = Array(bytes.prefix(9))
        guard head.count == 9 else { return nil }
        let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        guard bytes.count >= 9 + count else { return nil }
        let stream = head[5...].reduce(0 as UInt32) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return (RawFrame(head[3], flags: head[4], stream: stream, Array(bytes.dropFirst(9).prefix(count))), 9 + count)
    }

    package static func octets(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
    }
}

/// The frames that clients send.
extension RawFrame {
    package static func headers(
        _ stream: UInt32, _ block: HeaderBlock, endStream: Bool, endHeaders: Bool = true
    ) -> RawFrame {
        let flags = (endStream ? Flag.endStream : 0) | (endHeaders ? Flag.endHeaders : 0)
        return RawFrame(Kind.headers, flags: flags, stream: stream, block.bytes)
    }

    package static func continuation(_ stream: UInt32, _ bytes: [UInt8], endHeaders: Bool) -> RawFrame {
        RawFrame(Kind.continuation, flags: endHeaders ? Flag.endHeaders : 0, stream: stream, bytes)
    }

    /// - Parameter padding: how many bytes of it; nil for none, not even its length.
    package static func data(_ stream: UInt32, _ bytes: [UInt8], endStream: Bool, padding: UInt8? = nil) -> RawFrame {
        let flags = endStream ? Flag.endStream : 0
        guard let padding else { return RawFrame(Kind.data, flags: flags, stream: stream, bytes) }
        let padded = [padding] + bytes + [UInt8](repeating: 0, count: Int(padding))
        return RawFrame(Kind.data, flags: flags | Flag.padded, stream: stream, padded)
    }

    package static func reset(_ stream: UInt32, _ code: HTTP2Code = .cancel) -> RawFrame {
        RawFrame(Kind.reset, stream: stream, octets(code.rawValue))
    }

    package static func settings(_ values: [(UInt16, UInt32)] = []) -> RawFrame {
        RawFrame(
            Kind.settings, values.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xFF)] + octets($0.1) })
    }

    package static let settingsReceived = RawFrame(Kind.settings, flags: Flag.acknowledged)

    package static let ping = RawFrame(Kind.ping, Array("pingpong".utf8))

    /// - Parameter on: the stream that it depends on.
    package static func priority(_ stream: UInt32, on other: UInt32 = 0) -> RawFrame {
        RawFrame(Kind.priority, stream: stream, octets(other) + [15])
    }

    package static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> RawFrame {
        RawFrame(Kind.windowUpdate, stream: stream, octets(increment))
    }

    package static func goAway(last stream: UInt32, _ code: HTTP2Code = .none) -> RawFrame {
        RawFrame(Kind.goAway, octets(stream) + octets(code.rawValue))
    }
}

/// Why a stream or a connection ends (RFC 9113, section 7).
package struct HTTP2Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let none = HTTP2Code(rawValue: 0)
    package static let protocolError = HTTP2Code(rawValue: 1)
    package static let internalError = HTTP2Code(rawValue: 2)
    package static let flowControl = HTTP2Code(rawValue: 3)
    package static let streamClosed = HTTP2Code(rawValue: 5)
    package static let frameSize = HTTP2Code(rawValue: 6)
    package static let refusedStream = HTTP2Code(rawValue: 7)
    package static let cancel = HTTP2Code(rawValue: 8)
    package static let compression = HTTP2Code(rawValue: 9)
    package static let enhanceYourCalm = HTTP2Code(rawValue: 11)
}

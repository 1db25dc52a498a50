import NIOCore
import NIOHPACK

/// What a client of HTTP/2 reads that believes nothing: frames in their order, and at most one answer for each stream.
struct PlainFrames {
    private enum Phase { case open, answering, ended }

    private struct Stream {
        var phase = Phase.open
        var response: PlainResponse?
    }

    /// Answers that have come whole.
    private(set) var whole: [PlainResponse] = []
    /// Answers whose body is still to come, when the connection is over or the client takes no more.
    var begun: [PlainResponse] { streams.values.filter { $0.phase == .answering }.compactMap(\.response) }
    private(set) var saysGoAway = false
    private var streams: [UInt32: Stream] = [:]
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

    init(_ bytes: [UInt8]) throws(FuzzFinding) {
        // What the client has announced may be as large as that.
        decoder.maxDynamicTableLength = Int(UInt32.max)
        var start = 0
        while start < bytes.count {
            guard bytes.count - start >= 9 else { throw FuzzFinding("a frame's head is cut off") }
            let length = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            let (type, flags, payload) = (bytes[start + 3], bytes[start + 4], start + 9)
            let stream = bytes[(start + 5)..<payload].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            guard length <= 16_384, bytes.count - payload >= length else { throw FuzzFinding("a frame is cut off") }
            guard start > 0 || type == 4 else { throw FuzzFinding("the first frame is no SETTINGS") }
            try take(type, flags, stream, Array(bytes[payload..<payload + length]))
            start = payload + length
        }
    }

    /// How many HEADERS a client has begun to send.
    static func heads(in bytes: [UInt8]) -> Int {
        var (count, start) = (0, 0)
        while bytes.count - start >= 4 {
            if bytes[start + 3] == 1 { count += 1 }
            start += 9 + (Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2]))
        }
        return count
    }

    private mutating func take(
        _ type: UInt8, _ flags: UInt8, _ id: UInt32, _ payload: [UInt8]
    ) throws(FuzzFinding) {
        switch type {
        case 0: try takeData(flags, id, payload)
        case 1: try takeHeaders(flags, id, payload)
        case 3: streams[id, default: Stream()].phase = .ended
        case 4, 6, 8: return
        case 7: saysGoAway = true
        default: throw FuzzFinding("a frame of type \(type)")
        }
    }

    private mutating func takeHeaders(_ flags: UInt8, _ id: UInt32, _ payload: [UInt8]) throws(FuzzFinding) {
        var buffer = ByteBuffer(bytes: payload)
        guard flags & 4 != 0, id % 2 == 1, let list = try? decoder.decodeHeaders(from: &buffer) else {
            throw FuzzFinding("HEADERS that cannot be read")
        }
        let fields = list.map { (name: $0.name, value: Array($0.value.utf8)) }
        guard let first = fields.first, first.name == ":status", let status = PlainText.number(first.value),
            !fields.dropFirst().contains(where: { $0.name.hasPrefix(":") })
        else { throw FuzzFinding("an answer without a status") }
        guard streams[id, default: Stream()].phase == .open else { throw FuzzFinding("a second answer on a stream") }
        if status == 100 { return }
        let response = PlainResponse(status: status, fields: Array(fields.dropFirst()), body: [])
        streams[id] = Stream(phase: .answering, response: response)
        if flags & 1 != 0 { end(id) }
    }

    private mutating func takeData(_ flags: UInt8, _ id: UInt32, _ payload: [UInt8]) throws(FuzzFinding) {
        guard streams[id]?.phase == .answering else { throw FuzzFinding("DATA without an answer") }
        streams[id]?.response?.body += payload
        if flags & 1 != 0 { end(id) }
    }

    private mutating func end(_ id: UInt32) {
        if let response = streams[id]?.response { whole.append(response) }
        streams[id] = Stream(phase: .ended)
    }
}

@testable import EdgeServer

/// What a client of HTTP/2 sends, made of an input: mostly whole frames, so that what is behind the frames is reached.
///
/// The first byte says how the edge is set up (`FrontOptions`). Is the second an `R`, the rest is as in `FrontScript`
/// behind the connection's preface; else each byte and what it takes from behind it is a frame, or something that happens.
struct HTTP2Script {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private var reader: InputReader
    private var bytes = preface
    private var steps: [FrontScript.Step] = []
    private var total = 0
    private var lastStream: UInt32 = 0
    private var lastFrame: [UInt8] = []

    static func script(_ input: [UInt8]) -> FrontScript {
        let options = FrontOptions(byte: input.first ?? UInt8(ascii: "0")).speakingBoth
        if input.dropFirst().first == UInt8(ascii: "R") {
            let raw = FrontScript([UInt8(ascii: "0")] + input.dropFirst(2))
            return FrontScript(options: options, steps: [.bytes(preface)] + raw.steps)
        }
        var script = HTTP2Script(reader: InputReader(Array(input.dropFirst())))
        script.run()
        return FrontScript(options: options, steps: script.steps)
    }

    private init(reader: InputReader) { self.reader = reader }

    private mutating func run() {
        send(type: 4, flags: 0, stream: 0, [])
        while let byte = reader.byte(), total < FrontScript.limit {
            switch byte % 16 {
            case 0: sendHead(isEnded: false)
            case 1: sendHead(isEnded: true)
            case 2: sendWhole()
            case 3: sendData()
            case 4: send(type: 3, flags: 0, stream: anyStream(), [0, 0, 0, 8])
            case 5: send(type: 4, flags: flags(), stream: 0, reader.bytes(6 * (Int(reader.byte() ?? 0) % 5)))
            case 6: send(type: 6, flags: flags(), stream: 0, [0, 0, 0, 0, 0, 0, 0, 0])
            case 7: send(type: 8, flags: 0, stream: anyStream(), [0] + padded(reader.bytes(3), to: 3))
            case 8: send(type: 2, flags: 0, stream: anyStream(), padded(reader.bytes(5), to: 5))
            case 9: send(type: 9, flags: flags(), stream: anyStream(), rawBytes())
            case 10: send(type: 7, flags: 0, stream: 0, padded(reader.bytes(8), to: 8))
            case 11: sendRaw()
            case 12: happen()
            case 13: repeatLast()
            case 14: append(.cut)
            default: append(rawBytes())
            }
        }
        append(.cut)
    }

    // MARK: Frames

    private mutating func sendHead(isEnded: Bool) {
        lastStream += lastStream == 0 ? 1 : 2
        var block = HPACKText.request
        let count = Int(reader.byte() ?? 0) % 8
        for _ in 0..<count { block.append(contentsOf: HPACKText.field(Int(reader.byte() ?? 0))) }
        send(type: 1, flags: isEnded ? 5 : 4, stream: lastStream, block)
    }

    private mutating func sendWhole() {
        sendHead(isEnded: false)
        send(type: 0, flags: 1, stream: lastStream, HPACKText.event)
    }

    private mutating func sendData() {
        let (stream, flags) = (anyStream(), flags())
        send(type: 0, flags: flags, stream: stream, rawBytes())
    }

    private mutating func sendRaw() {
        let (type, flags, stream) = (reader.byte() ?? 0, flags(), anyStream())
        send(type: type, flags: flags, stream: stream, rawBytes())
    }

    private mutating func repeatLast() {
        for _ in 0..<8 * Int(reader.byte() ?? 0) where total < FrontScript.limit { append(lastFrame) }
    }

    private mutating func happen() {
        let byte = Int(reader.byte() ?? 0)
        switch byte % 8 {
        case 0...2: append(.answer(PlunkAnswers.answer(byte / 8)))
        case 3: append(.fail(byte / 8))
        case 4: append(.deadline(byte / 8 % 2 == 0 ? .timePassed : .cutShort))
        case 5: append(.reading(byte / 8 % 2 == 0))
        case 6:
            switch byte / 8 % 4 {
            case 0, 1: append(.drain)
            case 2: append(.settings(FrontOptions(byte: reader.byte() ?? UInt8(ascii: "0")).speakingBoth))
            default: append(.abort)
            }
        default: append(.close)
        }
    }

    private mutating func send(type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) {
        let length = payload.count
        var frame = [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
        for shift in [24, 16, 8, 0] as [UInt32] { frame.append(UInt8(stream >> shift & 255)) }
        lastFrame = frame + payload
        append(lastFrame)
    }

    private mutating func append(_ more: [UInt8]) {
        bytes += more
        total += more.count
    }

    private mutating func append(_ step: FrontScript.Step) {
        if !bytes.isEmpty { steps.append(.bytes(bytes)) }
        bytes = []
        steps.append(step)
    }

    // MARK: Parts of them

    private mutating func flags() -> UInt8 { reader.byte() ?? 0 }

    /// The last one, or any.
    private mutating func anyStream() -> UInt32 {
        let byte = UInt32(reader.byte() ?? 0)
        return byte < 128 ? lastStream : byte - 128
    }

    private mutating func rawBytes() -> [UInt8] {
        let count = Int(reader.byte() ?? 0)
        return count < 250 ? reader.bytes(count) : [UInt8](repeating: 97, count: (count - 249) * 2730)
    }

    private func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
    }
}

/// Field lists in HPACK's plainest form: literals without Huffman's code that enter no table.
enum HPACKText {
    static let event = Array(#"{"event":"signup","email":"a@example.com"}"#.utf8)

    static let request = list([
        (":method", "POST"), (":scheme", "https"), (":authority", "edge.example"), (":path", "/v1/track"),
        ("content-type", "application/json"),
    ])

    private static let fields: [(String, String)] = [
        ("authorization", "Bearer pk_0123456789abcdef"), ("authorization", "Bearer sk_CANARY0123456789"),
        ("content-length", "42"), ("content-length", "41"), ("content-length", "5, 5"),
        ("x-api-key", "sk_CANARY0123456789"),
        ("cookie", "a=sk_CANARY0123456789"), ("user-agent", "Mozilla sk_CANARY0123456789"), ("expect", "100-continue"),
        ("origin", "https://app.example.com"), ("origin", "null"), ("sec-fetch-site", "same-origin"),
        ("idempotency-key", "a key"), ("idempotency-key", ""), ("x-request-id", "given"),
        ("x-forwarded-for", "192.0.2.9"),
        ("x-forwarded-for", "2001:db8::1, 127.0.0.1"), ("x-forwarded-host", "app.example.com"),
        ("host", "edge.example"),
        ("host", "evil.example"), ("connection", "close"), ("transfer-encoding", "chunked"), ("te", "trailers"),
        ("te", "gzip"), ("X-Upper", "a"), ("x", "a\r\nauthorization: Bearer sk_CANARY0123456789"), ("x", "a\u{0}"),
        ("x", " a "), ("", "a"), (":path", "/v1/track"), (":path", "/v1/send?sk_CANARY0123456789"),
        (":method", "OPTIONS"),
        (":method", "GET"), (":protocol", "websocket"), (":authority", "user@edge.example"), (":status", "200"),
        ("access-control-request-method", "POST"), ("content-encoding", "gzip"), ("content-type", "text/plain"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("upgrade", "h2c"),
    ]

    /// One of the fields that clients may send, or should not; one far from it in number is long.
    static func field(_ number: Int) -> [UInt8] {
        guard number < 200 else { return list([("x-long", String(repeating: "a", count: 120))]) }
        return list([fields[number % fields.count]])
    }

    private static func list(_ fields: [(String, String)]) -> [UInt8] {
        var list: [UInt8] = []
        for (name, value) in fields {
            list.append(0)
            for text in [name, value] {
                list.append(UInt8(text.utf8.count))
                list += text.utf8
            }
        }
        return list
    }
}

/// The first answer on an upstream connection, as the plain reading has it.
struct PlainAnswer {
    enum Reading {
        case answer(PlainAnswer)
        /// Its end has not come, and the connection's end is none.
        case incomplete
        case invalid
    }

    let status: Int
    let body: [UInt8]
    /// Where it ends; at the end of all bytes, if it ends with the connection.
    let end: Int
    /// Whether the connection may serve another request.
    let isPersistent: Bool
    /// Whether it, or what stands before it, is larger than what has to be read.
    let isLarge: Bool

    /// - Parameter bytes: all that came before the connection was closed.
    static func read(_ bytes: [UInt8]) -> Reading {
        var (start, informational) = (0, 0)
        while true {
            let head: MessageHead
            switch MessageHead.read(bytes, from: start) {
            case .head(let read): head = read
            case .incomplete: return .incomplete
            case .invalid: return .invalid
            }
            guard let (status, isOld) = statusLine(head.startLine) else { return .invalid }
            guard let framing = Framing(head, status: status, isOld: isOld) else { return .invalid }
            if case .informational = framing {
                (start, informational) = (head.end, informational + 1)
                continue
            }
            let isLarge = head.end > 64 * 1024 || informational > 8
            let keepsAlive = !isOld && !head.saysClose
            switch framing.body(bytes, from: head.end) {
            case .incomplete: return .incomplete
            case .invalid: return .invalid
            case .body(let body):
                return .answer(
                    PlainAnswer(
                        status: status, body: body.bytes, end: body.end,
                        isPersistent: keepsAlive && framing.hasPlainEnd,
                        isLarge: isLarge || body.bytes.count > 256 * 1024 || body.overhead > 4096))
            }
        }
    }

    private static func statusLine(_ line: [UInt8]) -> (status: Int, isOld: Bool)? {
        let version = PlainText.text(line.prefix(9))
        guard version == "HTTP/1.0 " || version == "HTTP/1.1 ", line.count >= 12,
            let status = PlainText.number(line[9..<12]), 100...599 ~= status
        else { return nil }
        let rest = line[12...]
        guard rest.isEmpty || rest.first == 32, rest.allSatisfy(PlainText.isFieldText) else { return nil }
        return (status, version == "HTTP/1.0 ")
    }

    private enum Framing {
        case informational, toClose, chunked
        case none(isPlain: Bool)
        case sized(Int)

        init?(_ head: MessageHead, status: Int, isOld: Bool) {
            let (lengths, codings) = (head.values("content-length"), head.values("transfer-encoding"))
            guard lengths.count + codings.count <= 1, status != 101 else { return nil }
            var length: Int?
            if let value = lengths.first {
                guard let number = PlainText.number(value, atMost: 9) else { return nil }
                length = number
            }
            if let coding = codings.first, isOld || PlainText.lowercasedText(coding) != "chunked" { return nil }
            switch status {
            case 100...199:
                guard lengths.isEmpty, codings.isEmpty else { return nil }
                self = .informational
            case 204: self = .none(isPlain: codings.isEmpty && length ?? 0 == 0)
            case 304: self = .none(isPlain: codings.isEmpty)
            default:
                if !codings.isEmpty {
                    self = .chunked
                } else if let length {
                    self = .sized(length)
                } else {
                    guard isOld || head.saysClose else { return nil }
                    self = .toClose
                }
            }
        }

        /// Whether it is beyond doubt where the next answer begins.
        var hasPlainEnd: Bool {
            switch self {
            case .none(let isPlain): isPlain
            case .toClose: false
            case .informational, .chunked, .sized: true
            }
        }

        func body(_ bytes: [UInt8], from start: Int) -> PlainBody.Reading {
            switch self {
            case .informational, .none: .body(PlainBody(bytes: [], end: start))
            case .toClose: .body(PlainBody(bytes: Array(bytes[start...]), end: bytes.count))
            case .sized(let count): PlainBody.sized(count, bytes, from: start)
            case .chunked: PlainBody.chunked(bytes, from: start)
            }
        }
    }
}

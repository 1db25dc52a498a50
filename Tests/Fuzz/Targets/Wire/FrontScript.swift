@testable import EdgeServer

/// What happens on one connection, one after the other: made of an input, for the targets of the front.
struct FrontScript {
    enum Step {
        case bytes([UInt8])
        /// The same, and the edge's event loop has no turn before what comes behind them.
        case hurried([UInt8])
        /// What came before and what comes behind arrive apart.
        case cut
        /// Plunk's end sends this to the request that has waited longest.
        case answer([UInt8])
        case fail(Int)
        /// The connection's deadline passes, or somebody else gets its place.
        case deadline(LazyDeadline.Ending)
        /// The client stops taking what it is sent, or goes on.
        case reading(Bool)
        case drain
        /// Another configuration is taken.
        case settings(FrontOptions)
        /// The edge ends, with whatever is under way.
        case abort
        /// The client is gone.
        case close

        /// What the client sends.
        var sent: [UInt8] {
            switch self {
            case .bytes(let bytes), .hurried(let bytes): bytes
            default: []
            }
        }
    }

    enum Cutting: CaseIterable {
        case asWritten, whole, byteByByte
        /// As written, but that the edge's event loop has no turn between two pieces.
        case inOneTurn
    }

    /// A connection takes no more than this from the fuzzer (bytes).
    static let limit = 160 * 1024

    let options: FrontOptions
    private(set) var steps: [Step] = []

    init(options: FrontOptions, steps: [Step]) { (self.options, self.steps) = (options, steps) }

    /// The first byte says how the edge is set up (`FrontOptions`); the rest is what the client sends, but that 0xFF
    /// and the letter behind it is something that happens: `c` a cut, `a` and a digit an answer of Plunk's, `A` one
    /// that stands there up to the next 0xFF, `f` and a digit a failure, `d` a deadline, `k` somebody who gets its
    /// place, `s` and `g` the client stops and goes on to take answers, `n`, a byte and a number that byte 64 times as
    /// often, `q` a drain, `S` and a byte another configuration, `K` the edge's end, `x` the client's.
    init(_ input: [UInt8]) {
        var reader = InputReader(input)
        options = FrontOptions(byte: reader.byte() ?? UInt8(ascii: "0"))
        var (bytes, total) = ([UInt8](), 0)
        func append(_ step: Step) {
            if !bytes.isEmpty { steps.append(.bytes(bytes)) }
            bytes = []
            steps.append(step)
        }
        while let byte = reader.byte(), total < Self.limit {
            total += 1
            guard byte == 0xFF, let letter = reader.byte() else {
                bytes.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "c"): append(.cut)
            case UInt8(ascii: "a"): append(.answer(PlunkAnswers.answer(Int(reader.byte() ?? 0))))
            case UInt8(ascii: "A"): append(.answer(reader.bytes(upTo: 0xFF)))
            case UInt8(ascii: "f"): append(.fail(Int(reader.byte() ?? 0)))
            case UInt8(ascii: "d"): append(.deadline(.timePassed))
            case UInt8(ascii: "k"): append(.deadline(.cutShort))
            case UInt8(ascii: "s"): append(.reading(false))
            case UInt8(ascii: "g"): append(.reading(true))
            case UInt8(ascii: "q"): append(.drain)
            case UInt8(ascii: "S"): append(.settings(FrontOptions(byte: reader.byte() ?? UInt8(ascii: "0"))))
            case UInt8(ascii: "K"): append(.abort)
            case UInt8(ascii: "x"): append(.close)
            case UInt8(ascii: "n"):
                let (filler, count) = (reader.byte() ?? 0x61, 64 * Int(reader.byte() ?? 0))
                bytes += repeatElement(filler, count: count)
                total += count
            default: bytes.append(byte)
            }
        }
        append(.cut)
    }

    /// The same, cut in another way. What happens happens between the same bytes.
    func cut(_ cutting: Cutting) -> [Step] {
        if cutting == .asWritten { return steps }
        if cutting == .inOneTurn { return hurried }
        var (result, bytes) = ([Step](), [UInt8]())
        func flush() {
            // A long one in small pieces: each of them costs as much as a short input.
            let size = cutting == .whole ? max(1, bytes.count) : 1 + bytes.count / 512
            for piece in Cuts.pieces(bytes, { size }) { result.append(.bytes(Array(piece))) }
            bytes = []
        }
        for step in steps {
            switch step {
            case .bytes(let more): bytes += more
            case .cut: continue
            default:
                flush()
                result.append(step)
            }
        }
        flush()
        return result
    }
}

extension FrontScript {
    /// The steps without turns of the event loop between what arrives apart.
    private var hurried: [Step] {
        steps.indices.compactMap { index in
            switch steps[index] {
            case .cut: return nil
            case .bytes(let bytes):
                guard index + 2 < steps.count, case .cut = steps[index + 1], case .bytes = steps[index + 2] else {
                    return steps[index]
                }
                return .hurried(bytes)
            default: return steps[index]
            }
        }
    }
}

/// How the edge is set up, by the bits of a character from `0` on.
struct FrontOptions {
    private let bits: UInt8

    init(byte: UInt8) { bits = byte &- UInt8(ascii: "0") }

    private init(bits: UInt8) { self.bits = bits }

    /// The same, for clients that begin with HTTP/2 in clear text.
    var speakingBoth: FrontOptions { FrontOptions(bits: bits | 16) }

    /// Whether the peer is a proxy whose word counts.
    var isPeerTrusted: Bool { bits & 1 != 0 }
    /// Whether heads and bodies may be small only.
    var isTight: Bool { bits & 2 != 0 }
    /// Whether keys are listed, aliases among them.
    var hasKeys: Bool { bits & 4 != 0 }
    /// Whether what is not known in a body is refused, and who calls from a browser.
    var isStrict: Bool { bits & 8 != 0 }
    /// Whether HTTP/2 may be begun in clear text.
    var speaksBoth: Bool { bits & 16 != 0 }
    var hasLimit: Bool { bits & 32 != 0 }
    /// Whether all that a client of HTTP/2 sends fits into one turn.
    var isQuick: Bool { bits & 64 != 0 }
    /// Whether little memory is there for requests that have not come whole.
    var isCrowded: Bool { bits & 128 != 0 }
}

/// An input, read from its front.
struct InputReader {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Up to the next `end`, which stays.
    mutating func bytes(upTo end: UInt8) -> [UInt8] {
        let bytes = rest.prefix { $0 != end }
        rest = rest[bytes.endIndex...]
        return Array(bytes)
    }
}

/// What Plunk's end may send.
enum PlunkAnswers {
    static let success = json(200, #"{"success":true,"data":{"contact":"c","event":"e"}}"#)

    private static let all: [String] = [
        success,
        json(
            429, #"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED"}}"#,
            "Retry-After: 9\r\nRateLimit-Limit: 1\r\n"),
        json(
            409,
            #"{"success":false,"error":{"code":"IDEMPOTENCY_KEY_REUSED","details":{"originalStatusCode":200}}}"#),
        json(403, #"{"success":false,"error":{"code":"PROJECT_DISABLED"}}"#, "Set-Cookie: a=b\r\nRefresh: 0\r\n"),
        "HTTP/1.1 503 Down\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + json(400, "{}", "Retry-After: 1\r\n"),
        "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"success\":true}",
    ]

    static func answer(_ number: Int) -> [UInt8] { Array(all[number % all.count].utf8) }

    private static func json(_ status: Int, _ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status) x\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n"
            + body
    }
}

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

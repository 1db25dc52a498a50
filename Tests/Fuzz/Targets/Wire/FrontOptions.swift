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

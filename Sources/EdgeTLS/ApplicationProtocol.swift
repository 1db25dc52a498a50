/// What a client and the edge speak inside of TLS, agreed upon in the handshake (ALPN, RFC 7301). What we like best comes
/// first.
package enum ApplicationProtocol: CaseIterable, Sendable {
    case http2
    case http1_1

    /// Its name on the wire.
    package var name: StaticString {
        switch self {
        case .http2: "h2"
        case .http1_1: "http/1.1"
        }
    }

    init?(_ name: some Collection<UInt8>) {
        guard let known = Self.allCases.first(where: { name.elementsEqual(UnsafeBufferPointer($0.name)) }) else {
            return nil
        }
        self = known
    }

    /// Where in a client's list (each name behind a byte that says its length) the one stands that we like best.
    ///
    /// - Returns: nil for no name in common, or a list that is none.
    static func choice(from list: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        for preferred in allCases {
            var index = 0
            while index < list.count {
                let range = index + 1..<index + 1 + Int(list[index])
                guard range.upperBound <= list.count else { return nil }
                if list[range].elementsEqual(UnsafeBufferPointer(preferred.name)) { return range }
                index = range.upperBound
            }
        }
        return nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    init(_ literal: StaticString) { self.init(start: literal.utf8Start, count: literal.utf8CodeUnitCount) }
}

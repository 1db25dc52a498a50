@testable import EdgeCore

/// Reads requests from bytes as a connection would, and says what came of them in a form that can be compared.
enum RequestReading {
    enum Event: Hashable {
        /// Everything that a head says, as text.
        case head(String)
        case body([UInt8])
        case discarded
        /// Words differ with how the bytes were cut, the reason does not.
        case failed(Reason)

        static func body(_ text: String) -> Event { .body(Array(text.utf8)) }
    }

    /// The events of bytes that arrive in these parts.
    ///
    /// - Parameter discarding: whether every body is thrown away.
    static func events(
        of parts: [some Collection<UInt8>], limits: ConnectionSettings = ConnectionSettings(),
        maximumBodySize: Int = 64, discarding: Bool = false
    ) -> [Event] {
        var reader = RequestReader()
        var events: [Event] = []
        var pending: [UInt8] = []
        for part in parts {
            pending.append(contentsOf: part)
            reading: while true {
                let (used, event) = pending.withUnsafeBytes {
                    reader.next($0, limits: limits, maximumBodySize: maximumBodySize)
                }
                pending.removeFirst(used)
                switch event {
                case .needsMore: break reading
                case .head(let head):
                    events.append(.head(describe(head)))
                    if discarding { reader.discardBody() }
                case .body(let body): events.append(.body(body))
                case .discarded: events.append(.discarded)
                case .failure(let failure):
                    events.append(.failed(Refusal.unreadable(failure).reason))
                    return events
                }
            }
        }
        return events
    }

    /// Why bytes that come at once are no request; nil if they are one.
    static func failure(
        of bytes: some Collection<UInt8>, limits: ConnectionSettings = ConnectionSettings()
    ) -> RequestFailure? {
        var reader = RequestReader()
        let event = Array(bytes).withUnsafeBytes { reader.next($0, limits: limits, maximumBodySize: 64).event }
        guard case .failure(let failure) = event else { return nil }
        return failure
    }

    /// Byte by byte, and in two parts cut at every place.
    static func cuts(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        let drip = bytes.indices.map { bytes[$0...$0] }
        return [drip] + bytes.indices.map { [bytes[..<$0], bytes[$0...]] }
    }

    /// `POST /v1/track HTTP/1.1, length(5), keep-alive; host=edge.example`
    static func describe(_ head: RequestHead) -> String {
        let target = String(decoding: head.storage[head.targetRange], as: UTF8.self)
        var text =
            "\(String(decoding: head.storage[head.methodRange], as: UTF8.self)) \(target) \(head.version.text), \(head.framing)"
        text += head.isKeepAlive ? ", keep-alive" : ", close"
        if head.expectsContinue { text += ", expects 100" }
        for name in FieldName.allCases {
            for value in head.reversedValues(of: name).reversed() {
                text += "; \(name.text)=\(String(decoding: value, as: UTF8.self))"
            }
        }
        return text
    }
}

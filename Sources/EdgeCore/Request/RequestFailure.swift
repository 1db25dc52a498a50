/// Why bytes are not a request the edge reads: check 1. Each ends its connection in HTTP/1.1, and its stream in HTTP/2.
package enum RequestFailure: Error, Hashable, Sendable {
    /// Not HTTP as RFC 9112 or RFC 9113 writes it; the text says what, for the answer's message.
    case malformed(StaticMessage)
    /// The request line alone is longer than the header limit.
    case targetTooLong
    /// The field lines are, or there are too many.
    case headerTooLarge
    /// A body grew over the limit, which is so many bytes.
    case bodyTooLarge(maximum: Int)

    /// A literal: what a failure says never holds anything a client sent.
    package struct StaticMessage: Hashable, Sendable, ExpressibleByStringLiteral {
        let literal: StaticString

        package init(stringLiteral value: StaticString) { literal = value }

        package static func == (left: Self, right: Self) -> Bool {
            left.literal.description == right.literal.description
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(literal.description) }
    }
}

/// The header fields that the edge looks at. Every other field is checked for its syntax and then forgotten: nothing
/// that a client invents goes further.
package enum FieldName: UInt8, CaseIterable, Sendable {
    case authorization
    case host
    case origin
    case connection
    case contentLength
    case transferEncoding
    case contentType
    case contentEncoding
    case expect
    case userAgent
    case apiKey
    case idempotencyKey
    case traceparent
    case requestID
    case forwardedFor
    case forwardedHost
    case secFetchSite
    case accessControlRequestMethod

    /// How many there are.
    static let count = 18

    /// The field's name in lower case.
    package var text: StaticString {
        switch self {
        case .authorization: "authorization"
        case .host: "host"
        case .origin: "origin"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .expect: "expect"
        case .userAgent: "user-agent"
        case .apiKey: "x-api-key"
        case .idempotencyKey: "idempotency-key"
        case .traceparent: "traceparent"
        case .requestID: "x-request-id"
        case .forwardedFor: "x-forwarded-for"
        case .forwardedHost: "x-forwarded-host"
        case .secFetchSite: "sec-fetch-site"
        case .accessControlRequestMethod: "access-control-request-method"
        }
    }

    /// The field of a name in any letter case, nil for one the edge does not look at.
    ///
    /// - Parameter name: a token.
    package init?(_ name: UnsafeBufferPointer<UInt8>) {
        guard let (candidate, other) = Self.candidates(length: name.count) else { return nil }
        if name.isName(candidate.text) {
            self = candidate
        } else if let other, name.isName(other.text) {
            self = other
        } else {
            return nil
        }
    }

    /// The fields whose names have that many bytes: never more than two.
    private static func candidates(length: Int) -> (FieldName, FieldName?)? {
        switch length {
        case 4: (.host, nil)
        case 6: (.origin, .expect)
        case 9: (.apiKey, nil)
        case 10: (.userAgent, .connection)
        case 11: (.traceparent, nil)
        case 12: (.contentType, .requestID)
        case 13: (.authorization, nil)
        case 14: (.contentLength, .secFetchSite)
        case 15: (.forwardedFor, .idempotencyKey)
        case 16: (.contentEncoding, .forwardedHost)
        case 17: (.transferEncoding, nil)
        case 29: (.accessControlRequestMethod, nil)
        default: nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether a token is the name of a field, in any letter case.
    ///
    /// - Parameter name: in lower case, letters and hyphens only: of a token's characters only letters become one of
    ///   these by setting their bit 5.
    @inlinable
    @inline(__always)
    package func isName(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        guard count >= 8, let base = baseAddress else {
            return indices.allSatisfy { self[$0] | 0x20 == name.utf8Start[$0] }
        }
        // Eight bytes at a time; the last eight can overlap those before.
        let (given, own) = (UnsafeRawPointer(base), UnsafeRawPointer(name.utf8Start))
        var index = 0
        while true {
            let word = given.loadUnaligned(fromByteOffset: index, as: UInt64.self) | 0x2020_2020_2020_2020
            if word != own.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
            if index &+ 8 == count { return true }
            index = Swift.min(index &+ 8, count &- 8)
        }
    }
}

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
    package init?(_ name: UnsafeBufferPointer<UInt8>) {
        guard FieldName.lengths.contains(name.count) else { return nil }
        for candidate in FieldName.byLength[name.count] where candidate.isName(name) {
            self = candidate
            return
        }
        return nil
    }

    private func isName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let own = text.utf8Start
        var index = 0
        while index < name.count {
            if name[index].asciiLowercased != own[index] { return false }
            index += 1
        }
        return true
    }

    private static let lengths = 0...32

    private static let byLength: [[FieldName]] = lengths.map { length in
        allCases.filter { $0.text.utf8CodeUnitCount == length }
    }
}

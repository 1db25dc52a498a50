internal import EdgeCore

/// The only place that writes bytes to the upstream: one constant form of `POST /v1/track`, head and body in one
/// buffer. The values have been judged before; what a field cannot hold (RFC 9110, section 5.5) is refused here once
/// more, so that no mistake elsewhere lets a client write a line of its own. Pure; prepared once per settings.
struct RequestWriter: Sendable {
    /// From the request line to `Bearer `.
    private let start: [UInt8]

    /// - Returns: nil when the origin's path or host holds a byte that would break the request line.
    init?(origin: UpstreamSettings.Origin) {
        guard origin.pathPrefix.utf8.allSatisfy(\.isVisible), origin.authority.utf8.allSatisfy(\.isVisible) else {
            return nil
        }
        let lines = [
            "POST \(origin.pathPrefix)/v1/track HTTP/1.1", "Host: \(origin.authority)",
            "Content-Type: application/json", "Accept: application/json", "Authorization: Bearer ",
        ]
        start = Array(lines.joined(separator: "\r\n").utf8)
    }

    /// - Returns: nil when a value holds a byte, or has a length, that its field does not allow.
    func write(_ request: borrowing UpstreamRequest) -> [UInt8]? {
        guard !request.key.isEmpty, request.key.isVisible,
            request.userAgent.count <= 256, request.userAgent.isPrintable,
            Self.isValidRequestID(request.requestID), Self.isAbsentOrValid(request.idempotencyKey),
            Self.isAbsentOrValid(traceparent: request.traceparent)
        else { return nil }

        // 512: names, punctuation and the fields whose values are short.
        let capacity =
            512 + start.count + request.key.count + request.userAgent.count + request.requestID.count
            + (request.idempotencyKey?.count ?? 0) + (request.traceparent?.count ?? 0) + request.body.count
        return [UInt8](textOfAtMost: capacity) { bytes in
            bytes.append(bytes: start)
            bytes.append(bytes: request.key)
            bytes.append("\r\nContent-Length: ")
            bytes.append(decimal: UInt64(request.body.count))
            bytes.append("\r\nUser-Agent: ")
            bytes.append(bytes: request.userAgent)
            bytes.append("\r\nX-Request-ID: ")
            request.requestID.append(to: &bytes)
            if let key = request.idempotencyKey {
                bytes.append("\r\nIdempotency-Key: ")
                key.append(to: &bytes)
            }
            if let address = request.forwardedFor {
                bytes.append("\r\nX-Forwarded-For: ")
                address.append(to: &bytes)
            }
            if let traceparent = request.traceparent {
                bytes.append("\r\ntraceparent: ")
                bytes.append(bytes: traceparent)
            }
            bytes.append("\r\n\r\n")
            bytes.append(bytes: request.body)
        }
    }

    private static func isAbsentOrValid(traceparent: Bytes?) -> Bool {
        guard let traceparent else { return true }
        return traceparent.count <= 55 && traceparent.isVisible
    }

    private static func isValidRequestID(_ id: borrowing Identifier) -> Bool {
        guard let given = id.given else { return true }
        return 1...128 ~= given.count && given.isVisible
    }

    private static func isAbsentOrValid(_ key: Identifier?) -> Bool {
        guard let given = key?.given else { return true }
        return 1...255 ~= given.count && given.isPrintable
    }
}

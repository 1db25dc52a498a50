internal import EdgeCore
internal import NIOCore

/// Writes answers as HTTP/1.1 (RFC 9112): the only place that does. Every header field is a constant or a checked
/// value. Confined to its event loop.
struct ResponseWriter {
    private var date = DateField()
    private var bytes: [UInt8] = []

    static let `continue`: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// The whole answer in one buffer.
    ///
    /// - Parameters:
    ///   - omitsBody: for HEAD, whose answer is the header alone (RFC 9110, section 9.3.2): a body would be taken for
    ///     the next answer.
    ///   - close: says `Connection: close`.
    mutating func write(
        _ answer: Answer, requestID: [UInt8], origin: OriginFinding, omitsBody: Bool, close: Bool,
        time: WallTime,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        bytes.removeAll(keepingCapacity: true)
        statusLine(answer.status)
        bytes.append("Date: ")
        bytes.append(contentsOf: date.value(at: time))
        bytes.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-ID: ")
        bytes.append(contentsOf: requestID)
        if answer.body.isEmpty {
            // A 204 has no body by definition and must not announce one (RFC 9110, section 8.6).
            bytes.append(answer.status == 204 ? "\r\n" : "\r\nContent-Length: 0\r\n")
        } else {
            bytes.append("\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ")
            bytes.appendDecimal(answer.body.count.magnitude)
            bytes.append("\r\n")
        }
        field("Retry-After: ", answer.retryAfter)
        if let rateLimit = answer.rateLimit {
            field("RateLimit-Limit: ", rateLimit.limit)
            field("RateLimit-Remaining: ", rateLimit.remaining)
            field("RateLimit-Reset: ", rateLimit.reset)
        }
        crossOriginFields(origin, isPreflight: answer.isPreflight)
        bytes.append(close ? "Connection: close\r\n\r\n" : "\r\n")
        var buffer = allocator.buffer(capacity: bytes.count + answer.body.count)
        buffer.writeBytes(bytes)
        if !omitsBody { buffer.writeBytes(answer.body) }
        return buffer
    }

    private mutating func field(_ name: StaticString, _ value: [UInt8]?) {
        guard let value else { return }
        bytes.append(name)
        bytes.append(contentsOf: value)
        bytes.append("\r\n")
    }

    /// What lets a page of another origin read the answer (Fetch standard, section 3.2).
    private mutating func crossOriginFields(_ origin: OriginFinding, isPreflight: Bool) {
        switch origin {
        case .absent, .denied: return
        case .same(let name):
            // A page of the same origin needs none. Where a preflight comes all the same, the browser sees two origins.
            guard isPreflight else { return }
            allow(name)
        case .any: bytes.append("Access-Control-Allow-Origin: *\r\n")
        case .cross(let name): allow(name)
        }
        if isPreflight {
            bytes.append(
                """
                Access-Control-Allow-Methods: POST\r
                Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent\r
                Access-Control-Max-Age: 7200\r\n
                """)
        } else {
            bytes.append(
                """
                Access-Control-Expose-Headers: X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, \
                RateLimit-Reset\r\n
                """)
        }
    }

    private mutating func allow(_ origin: Bytes) {
        bytes.append("Access-Control-Allow-Origin: ")
        bytes.append(contentsOf: origin)
        bytes.append("\r\nVary: Origin\r\n")
    }

    /// The reason phrase says nothing to programs (RFC 9112, section 4) and may be empty.
    private mutating func statusLine(_ status: Int) {
        bytes.append("HTTP/1.1 ")
        bytes.appendDecimal(status.magnitude)
        bytes.append(Self.reasonPhrase(status))
        bytes.append("\r\n")
    }

    private static func reasonPhrase(_ status: Int) -> StaticString {
        switch status {
        case 200: " OK"
        case 201: " Created"
        case 202: " Accepted"
        case 204: " No Content"
        case 400: " Bad Request"
        case 401: " Unauthorized"
        case 403: " Forbidden"
        case 404: " Not Found"
        case 408: " Request Timeout"
        case 409: " Conflict"
        case 413: " Content Too Large"
        case 414: " URI Too Long"
        case 415: " Unsupported Media Type"
        case 422: " Unprocessable Content"
        case 429: " Too Many Requests"
        case 431: " Request Header Fields Too Large"
        case 500: " Internal Server Error"
        case 502: " Bad Gateway"
        case 503: " Service Unavailable"
        case 504: " Gateway Timeout"
        default: " "
        }
    }
}

internal import EdgeCore
internal import EdgeUpstream

/// Writes answers as HTTP/1.1 (RFC 9112): the only place that does. Every header field is a constant or a checked
/// value. Confined to its event loop.
struct ResponseWriter {
    private var date = DateField()
    private var templates = RefusalTemplates()
    /// The envelope of a refusal, whose length has to be known before it is written behind its header.
    private var envelope: [UInt8] = []

    static let `continue`: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Most bytes of a header's constants and numbers, and of those for other origins.
    private static let headerSize = 480, crossOriginSize = 320

    /// Appends the whole answer to `output`.
    ///
    /// - Parameters:
    ///   - omitsBody: for HEAD, whose answer is the header alone (RFC 9110, section 9.3.2): a body would be taken for
    ///     the next answer.
    ///   - close: says `Connection: close`.
    /// - Returns: how many bytes it has.
    mutating func append(
        _ answer: borrowing Answer, requestID: Identifier, origin: OriginFinding, omitsBody: Bool, close: Bool,
        time: WallTime, to output: inout [UInt8]
    ) -> Int {
        date.update(time)
        let before = output.count
        let size = Self.headerSize + requestID.count + Self.size(origin) + Self.limitSize(answer)
        var body: Bytes = []
        switch answer.content {
        case .none, .preflight: break
        case .json(let json): body = json[...]
        case .upstream(let upstream): body = upstream.body
        case .refusal(let refusal):
            envelope.removeAll(keepingCapacity: true)
            envelope.append(addingCapacity: refusal.maximumSize(requestID: requestID)) {
                templates.append(refusal, requestID: requestID, time: time, to: &$0)
            }
            body = envelope[...]
        }
        output.append(addingCapacity: size + body.count) { output in
            header(answer, bodySize: body.count, requestID, origin, close: close, &output)
            if !omitsBody { output.append(bytes: body) }
        }
        return output.count - before
    }

    private func header(
        _ answer: borrowing Answer, bodySize: Int, _ requestID: Identifier, _ origin: OriginFinding, close: Bool,
        _ output: inout OutputSpan<UInt8>
    ) {
        // The reason phrase says nothing to programs (RFC 9112, section 4) and may be empty.
        output.append("HTTP/1.1 ")
        output.append(decimal: UInt64(answer.status.magnitude))
        output.append(Self.reasonPhrase(answer.status))
        output.append("\r\nDate: ")
        date.append(to: &output)
        output.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-ID: ")
        requestID.append(to: &output)
        if bodySize == 0 {
            // A 204 has no body by definition and must not announce one (RFC 9110, section 8.6).
            output.append(answer.status == 204 ? "\r\n" : "\r\nContent-Length: 0\r\n")
        } else {
            output.append("\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ")
            output.append(decimal: UInt64(bodySize))
            output.append("\r\n")
        }
        var isPreflight = false
        switch answer.content {
        case .none, .json: break
        case .preflight: isPreflight = true
        case .refusal(let refusal): Self.limitFields(refusal, &output)
        case .upstream(let upstream): Self.limitFields(upstream, &output)
        }
        Self.crossOriginFields(origin, isPreflight: isPreflight, &output)
        output.append(close ? "Connection: close\r\n\r\n" : "\r\n")
    }

    // MARK: Limits

    private static func limitFields(_ refusal: borrowing Refusal, _ output: inout OutputSpan<UInt8>) {
        if let seconds = refusal.retryAfter { field("Retry-After: ", seconds, &output) }
        if let (limit, decision) = refusal.limit {
            field("RateLimit-Limit: ", limit.burst, &output)
            field("RateLimit-Remaining: ", decision.remaining, &output)
            field("RateLimit-Reset: ", decision.reset, &output)
        }
    }

    private static func limitFields(_ upstream: borrowing UpstreamAnswer, _ output: inout OutputSpan<UInt8>) {
        field("Retry-After: ", upstream.retryAfter, &output)
        field("RateLimit-Limit: ", upstream.rateLimitLimit, &output)
        field("RateLimit-Remaining: ", upstream.rateLimitRemaining, &output)
        field("RateLimit-Reset: ", upstream.rateLimitReset, &output)
    }

    private static func limitSize(_ answer: borrowing Answer) -> Int {
        guard case .upstream(let upstream) = answer.content else { return 0 }
        return upstream.sizeOfLimitFields
    }

    private static func field(_ name: StaticString, _ value: Int, _ output: inout OutputSpan<UInt8>) {
        output.append(name)
        output.append(decimal: UInt64(value.magnitude))
        output.append("\r\n")
    }

    private static func field(_ name: StaticString, _ value: Bytes?, _ output: inout OutputSpan<UInt8>) {
        guard let value else { return }
        output.append(name)
        output.append(bytes: value)
        output.append("\r\n")
    }

    // MARK: Other origins

    private static func size(_ origin: OriginFinding) -> Int {
        switch origin {
        case .absent, .denied: 0
        case .any: crossOriginSize
        case .same(let name), .cross(let name): crossOriginSize + name.count
        }
    }

    /// What lets a page of another origin read the answer (Fetch standard, section 3.2).
    private static func crossOriginFields(
        _ origin: OriginFinding, isPreflight: Bool, _ output: inout OutputSpan<UInt8>
    ) {
        switch origin {
        case .absent, .denied: return
        case .same(let name):
            // A page of the same origin needs none. Where a preflight comes all the same, the browser sees two origins.
            guard isPreflight else { return }
            allow(name, &output)
        case .any: output.append("Access-Control-Allow-Origin: *\r\n")
        case .cross(let name): allow(name, &output)
        }
        if isPreflight {
            output.append(
                """
                Access-Control-Allow-Methods: POST\r
                Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent\r
                Access-Control-Max-Age: 7200\r\n
                """)
        } else {
            output.append(
                """
                Access-Control-Expose-Headers: X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, \
                RateLimit-Reset\r\n
                """)
        }
    }

    private static func allow(_ origin: Bytes, _ output: inout OutputSpan<UInt8>) {
        output.append("Access-Control-Allow-Origin: ")
        output.append(bytes: origin)
        output.append("\r\nVary: Origin\r\n")
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

internal import EdgeCore
internal import EdgeUpstream

/// Says what an answer holds, header and body, whatever protocol carries it: the only place that does. Every header
/// field is a constant or a checked value. Confined to its event loop.
struct ResponseWriter {
    private var date = DateField()
    private var templates = RefusalTemplates()
    /// The envelope of a refusal, whose length has to be known before it is written behind its header.
    private var envelope: [UInt8] = []

    /// Most bytes of a header's constants and numbers in HTTP/1.1, and of those for other origins.
    private static let headerSize = 480, crossOriginSize = 320

    /// The body of an answer; empty where there is none. To be called before ``fields(of:bodySize:requestID:origin:to:)``.
    mutating func body(of answer: borrowing Answer, requestID: Identifier, time: WallTime) -> Bytes {
        date.update(time)
        switch answer.content {
        case .preflight: return []
        case .json(let json): return json[...]
        case .upstream(let upstream): return upstream.body
        case .refusal(let refusal):
            envelope.removeAll(keepingCapacity: true)
            envelope.append(addingCapacity: refusal.maximumSize(requestID: requestID)) {
                templates.append(refusal, requestID: requestID, time: time, to: &$0)
            }
            return envelope[...]
        }
    }

    /// The most bytes that HTTP/1.1 needs for the header fields.
    static func maximumSize(_ answer: borrowing Answer, _ requestID: Identifier, _ origin: OriginFinding) -> Int {
        var size = headerSize + requestID.count
        if case .upstream(let upstream) = answer.content { size += upstream.sizeOfLimitFields }
        switch origin {
        case .absent, .denied: return size
        case .any: return size + crossOriginSize
        case .same(let name), .cross(let name): return size + crossOriginSize + name.count
        }
    }

    /// Hands all header fields to `sink`.
    @inline(__always)
    func fields<Sink: AnswerFieldSink & ~Copyable & ~Escapable>(
        of answer: borrowing Answer, bodySize: Int, requestID: Identifier, origin: OriginFinding, to sink: inout Sink
    ) {
        sink.field(.date, date.text)
        sink.field(.noStore)
        sink.field(.noSniff)
        sink.field(.requestID, requestID)
        if bodySize > 0 { sink.field(.json) }
        // A 204 has no body by definition and must not announce one (RFC 9110, section 8.6).
        if bodySize > 0 || answer.status != 204 { sink.field(.contentLength, bodySize) }
        var isPreflight = false
        switch answer.content {
        case .json: break
        case .preflight: isPreflight = true
        case .refusal(let refusal): Self.limitFields(refusal, &sink)
        case .upstream(let upstream): Self.limitFields(upstream, &sink)
        }
        Self.crossOriginFields(origin, isPreflight: isPreflight, &sink)
    }

    // MARK: Limits

    private static func limitFields<Sink: AnswerFieldSink & ~Copyable & ~Escapable>(
        _ refusal: borrowing Refusal, _ sink: inout Sink
    ) {
        if let seconds = refusal.retryAfter { sink.field(.retryAfter, seconds) }
        if let (limit, decision) = refusal.limit {
            sink.field(.rateLimitLimit, limit.burst)
            sink.field(.rateLimitRemaining, decision.remaining)
            sink.field(.rateLimitReset, decision.reset)
        }
    }

    private static func limitFields<Sink: AnswerFieldSink & ~Copyable & ~Escapable>(
        _ upstream: borrowing UpstreamAnswer, _ sink: inout Sink
    ) {
        if let value = upstream.retryAfter { sink.field(.retryAfter, value) }
        if let value = upstream.rateLimitLimit { sink.field(.rateLimitLimit, value) }
        if let value = upstream.rateLimitRemaining { sink.field(.rateLimitRemaining, value) }
        if let value = upstream.rateLimitReset { sink.field(.rateLimitReset, value) }
    }

    // MARK: Other origins

    /// What lets a page of another origin read the answer (Fetch standard, section 3.2).
    private static func crossOriginFields<Sink: AnswerFieldSink & ~Copyable & ~Escapable>(
        _ origin: OriginFinding, isPreflight: Bool, _ sink: inout Sink
    ) {
        switch origin {
        case .absent, .denied: return
        case .same(let name):
            // A page of the same origin needs none. Where a preflight comes all the same, the browser sees two origins.
            guard isPreflight else { return }
            sink.field(.allowOrigin, name)
            sink.field(.originVaries)
        case .any: sink.field(.allowAnyOrigin)
        case .cross(let name):
            sink.field(.allowOrigin, name)
            sink.field(.originVaries)
        }
        if isPreflight {
            sink.field(.allowMethods)
            sink.field(.allowHeaders)
            sink.field(.maxAge)
        } else {
            sink.field(.exposeHeaders)
        }
    }
}

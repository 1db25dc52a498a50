internal import EdgeCore
internal import EdgeRecords
internal import EdgeUpstream

/// One request from its head to its record, whatever protocol brought it: judged, forwarded, answered, logged exactly
/// once. Confined to its event loop.
final class Exchange {
    let requestID: [UInt8]
    private let services: LoopServices
    private let startedAt: Instant
    private let wallTime: WallTime
    /// Changed in place only: a copy is a retain for each of its arrays.
    private var judgement: Judgement
    private var call: UpstreamCall?
    private var trace: UpstreamTrace?
    private var upstreamStatus: Int?
    private var upstreamRequestID: [UInt8]?
    private var isClientGone = false
    private var isRecorded = false
    /// Bytes of the request that have come, its head included.
    var bytesIn = 0

    /// - Parameters:
    ///   - head: nil for bytes that were no request.
    ///   - peer: the other end of the connection; nil for a Unix domain socket.
    ///   - startedAt: when the request began to come.
    init(head: RequestHead?, peer: IPAddress?, services: LoopServices, startedAt: Instant = SystemClock.now) {
        self.services = services
        self.startedAt = startedAt
        wallTime = SystemClock.wallTime
        let head = head ?? .unreadable
        let snapshot = services.snapshot
        let client = Client(head: head, peer: peer, trusted: snapshot.settings.trustedProxies)
        if !client.isBehindTrustedProxy, let peer, head.lines(of: .forwardedFor) > 0 {
            services.shared.untrustedForwarders.noticed(peer)
        }
        requestID =
            client.isBehindTrustedProxy
            ? PassedFields.requestID(of: head) ?? services.makeRequestID(at: wallTime)
            : services.makeRequestID(at: wallTime)
        judgement = Judgement(
            head: head, client: client, snapshot: snapshot, limiter: services.shared.limiter, now: startedAt)
    }

    var origin: OriginFinding { judgement.origin }

    /// Whether the answer goes out without its body.
    var isHead: Bool { judgement.head.method.equals("HEAD") }

    // MARK: Judging

    /// Nil if the head passes and the body is wanted.
    func judgeHead() -> Answer? { Rulebook.judgeHead(&judgement).map(answer) }

    /// Nil if the whole request passes and may be forwarded.
    func judgeBody(_ body: [UInt8]) -> Answer? {
        Rulebook.judgeBody(body, &judgement).map(answer)
    }

    func answer(_ refusal: Refusal) -> Answer { Answer(refusal, requestID: requestID, time: SystemClock.wallTime) }

    private func answer(_ verdict: Verdict) -> Answer {
        switch verdict {
        case .refuse(let refusal): answer(refusal)
        case .preflight: .preflight
        }
    }

    // MARK: Forwarding

    /// Sends the judged request to Plunk.
    ///
    /// - Parameter completion: called once, on the loop, unless the client has gone; maybe before this returns.
    func forward(completion: @escaping (Answer) -> Void) {
        let pausable = judgement.digestOfKey
        if let pausable, let seconds = services.shared.pauses.secondsLeft(for: pausable, now: startedAt) {
            completion(answer(UpstreamAnswers.paused(seconds: seconds)))
            return
        }
        let request = makeRequest()
        let isKeyAdded = request.isIdempotencyKeyAdded
        call = services.upstream.send(request) { result in
            self.call = nil
            let answer = self.answer(to: result, isKeyAdded: isKeyAdded, pausable: pausable)
            if self.isClientGone {
                self.record(status: nil, outcome: .clientGone, code: nil, reason: .clientGone, bytesOut: 0)
            } else {
                completion(answer)
            }
        }
    }

    private func makeRequest() -> UpstreamRequest {
        let clientKey = judgement.head.value(of: .idempotencyKey).map(Array.init)
        let addsKey = clientKey == nil && services.snapshot.settings.upstream.idempotency == .add
        return UpstreamRequest(
            key: judgement.key, body: judgement.rebuiltBody, userAgent: PassedFields.userAgent(of: judgement.head),
            requestID: requestID, idempotencyKey: addsKey ? services.makeRequestID(at: wallTime) : clientKey,
            isIdempotencyKeyAdded: addsKey,
            forwardedFor: judgement.client.address.flatMap(services.snapshot.settings.clientAddress.upstream.reduce),
            traceparent: PassedFields.traceparent(of: judgement.head))
    }

    private func answer(to result: UpstreamResult, isKeyAdded: Bool, pausable: KeyDigest?) -> Answer {
        switch result {
        case .failure(let failure, let trace):
            self.trace = trace
            if let cause = trace.cause { services.shared.upstreamTrouble.noticed(cause, now: SystemClock.now) }
            return answer(UpstreamAnswers.refusal(for: failure, mayHaveBeenRecorded: trace.mayHaveBeenRecorded))
        case .answer(let answer, let trace):
            self.trace = trace
            upstreamStatus = answer.status
            upstreamRequestID = answer.requestID
            if answer.status == 429, let pausable { pause(pausable, retryAfter: answer.retryAfter) }
            switch UpstreamAnswers.judge(answer, isIdempotencyKeyAdded: isKeyAdded) {
            case .pass(let code): return passed(answer, code: code)
            case .alreadyRecorded: return alreadyRecorded()
            case .refuse(let refusal): return self.answer(refusal)
            }
        }
    }

    private func passed(_ upstream: UpstreamAnswer, code: ErrorCode?) -> Answer {
        var answer = Answer(status: upstream.status, body: upstream.body, outcome: .forwarded)
        answer.code = code
        answer.retryAfter = upstream.retryAfter
        if upstream.rateLimitLimit != nil || upstream.rateLimitRemaining != nil || upstream.rateLimitReset != nil {
            answer.rateLimit = (upstream.rateLimitLimit, upstream.rateLimitRemaining, upstream.rateLimitReset)
        }
        return answer
    }

    /// The first of two sendings was recorded and its answer lost: the client is told that all is well. The ids that
    /// Plunk gave are not known.
    private func alreadyRecorded() -> Answer {
        var body = Array(#"{"success":true,"data":{"timestamp":""#.utf8)
        SystemClock.wallTime.appendISO8601(to: &body)
        body.append(#""}}"#)
        var answer = Answer(status: 200, body: body, outcome: .forwarded)
        answer.reason = .alreadyRecorded
        return answer
    }

    private func pause(_ key: KeyDigest, retryAfter: [UInt8]?) {
        guard let retryAfter, let seconds = Int(String(decoding: retryAfter, as: UTF8.self)), seconds > 0 else {
            return
        }
        let span = Instant.Span.seconds(Int64(min(seconds, UpstreamAnswers.longestPause)))
        services.shared.pauses.pause(key, until: SystemClock.now.advanced(by: span))
    }

    // MARK: Ending

    /// The answer has been handed to the client's connection.
    func answered(_ answer: Answer, bytesOut: Int) {
        record(
            status: answer.status, outcome: answer.outcome, code: answer.code, reason: answer.reason, bytesOut: bytesOut
        )
    }

    /// The client closed before its answer. A request that is with Plunk runs on, so that the log tells what became of
    /// it; one that still waits is dropped.
    func clientGone() {
        isClientGone = true
        if let call {
            call.cancel()
        } else {
            record(status: nil, outcome: .clientGone, code: nil, reason: .clientGone, bytesOut: 0)
        }
    }

    private func record(status: Int?, outcome: Outcome, code: ErrorCode?, reason: Reason?, bytesOut: Int) {
        guard !isRecorded else { return }
        isRecorded = true
        var record = AccessRecord(time: wallTime, requestID: requestID, outcome: outcome)
        (record.status, record.code, record.reason) = (status, code, reason)
        (record.bytesIn, record.bytesOut) = (bytesIn, bytesOut)
        record.durationMicroseconds = Int(SystemClock.now.nanoseconds(since: startedAt) / 1000)
        record.client = judgement.client.address.flatMap(services.snapshot.settings.clientAddress.log.reduce)
        let head = judgement.head
        if !head.method.isEmpty {
            record.protocol = head.version.text
            (record.method, record.path) = (head.method, head.path)
            record.host = head.value(of: .host)
            record.origin = head.value(of: .origin)
            record.userAgent = head.value(of: .userAgent)
            record.key = judgement.fingerprint
        }
        record.upstream = trace.map {
            AccessRecord.Upstream($0, status: upstreamStatus, requestID: upstreamRequestID)
        }
        services.write(record)
    }
}

@available(*, unavailable)
extension Exchange: Sendable {}

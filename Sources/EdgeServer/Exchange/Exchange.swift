internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import EdgeUpstream

/// One request from its head to its record, whatever protocol brought it: judged, forwarded, answered, logged exactly
/// once. Confined to its event loop.
final class Exchange {
    let requestID: Identifier
    private let isRequestIDGiven: Bool
    private let services: LoopServices
    /// The one that the request began with, whatever is reloaded meanwhile.
    private let upstream: UpstreamClient
    private let tlsVersion: StaticString?
    private let startedAt: Instant
    private let wallTime: WallTime
    /// Changed in place only: a copy is a retain for each of its arrays.
    private var judgement: Judgement
    private var call: UpstreamCall?
    private var trace: UpstreamTrace?
    /// Plunk's answer, for the record.
    private var upstreamStatus: Int?
    private var upstreamRequestID: Bytes?
    /// When the client left without its answer.
    private var clientGoneAt: Instant?
    private var isRecorded = false
    /// Bytes of the request that have come, its head included.
    var bytesIn = 0
    /// How many bytes it takes, its body aside.
    let memory: Int

    /// - Parameters:
    ///   - head: an unreadable one for bytes that were no request.
    ///   - began: when the request began to come, if that is a while ago.
    init(head: RequestHead, _ connection: ClientConnection, began: Instant? = nil) {
        (services, tlsVersion) = (connection.services, connection.handshake?.version)
        upstream = services.upstream
        let snapshot = services.snapshot
        let peer = connection.peer
        let now = Instant.now
        startedAt = began ?? now
        wallTime = WallTime(
            milliseconds: WallTime.now.milliseconds - now.nanoseconds(since: startedAt) / 1_000_000)
        let client = Client(head: head, peer: peer, trusted: snapshot.settings.trustedProxies)
        if !client.isBehindTrustedProxy, let peer, head.lines(of: .forwardedFor) > 0 {
            services.shared.untrustedForwarders.noticed(peer)
        }
        let given = client.isBehindTrustedProxy ? PassedFields.requestID(of: head) : nil
        isRequestIDGiven = given != nil
        requestID = given.map(Identifier.init(given:)) ?? services.makeIdentifier(at: wallTime)
        memory = HeldMemory.overhead + head.everything.count
        judgement = Judgement(
            head: head, client: client, snapshot: snapshot, limiter: services.shared.limiter, now: startedAt)
    }

    deinit { judgement.erase(keepsRequestID: isRequestIDGiven) }

    /// The configuration that the request began with.
    var snapshot: Snapshot { judgement.snapshot }

    var origin: OriginFinding { judgement.origin }

    /// For whom the request counts, as far as peers can be believed; nil where nobody has named the client.
    var client: IPAddress? { judgement.client.address?.ofClient }

    /// Whether the answer goes out without its body.
    var isHead: Bool { judgement.head.method == .head }

    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool { judgement.head.expectsContinue }

    /// The calendar's time at a reading of the monotonic clock since the request began.
    func wallTime(at now: Instant) -> WallTime {
        WallTime(milliseconds: wallTime.milliseconds + now.nanoseconds(since: startedAt) / 1_000_000)
    }

    // MARK: Judging

    /// Nil if the head passes and the body is wanted.
    func judgeHead() -> Answer? { Rulebook.judgeHead(&judgement).map(Self.answer) }

    /// Nil if the whole request passes and may be forwarded.
    func judgeBody(_ body: [UInt8]) -> Answer? { Rulebook.judgeBody(body, &judgement).map(Self.answer) }

    private static func answer(_ verdict: Verdict) -> Answer {
        switch verdict {
        case .refuse(let refusal): Answer(refusal)
        case .preflight: .preflight
        }
    }

    // MARK: Forwarding

    /// Sends the judged request to Plunk.
    ///
    /// - Parameter completion: called once, on the loop, unless the client has gone; maybe before this returns.
    func forward(completion: @escaping (Answer) -> Void) {
        if let digest = judgement.keyDigest,
            let seconds = upstream.pauses.secondsLeft(for: digest, now: .now)
        {
            completion(Answer(UpstreamAnswers.paused(seconds: seconds)))
            return
        }
        let clientKey = judgement.head.value(of: .idempotencyKey)
        let addsKey = clientKey == nil && judgement.snapshot.settings.upstream.idempotency == .add
        let request = UpstreamRequest(
            key: judgement.key, body: judgement.rebuiltBody, userAgent: PassedFields.userAgent(of: judgement.head),
            requestID: requestID,
            idempotencyKey: addsKey ? services.makeIdentifier(at: wallTime) : clientKey.map(Identifier.init(given:)),
            forwardedFor: judgement.client.address.flatMap(judgement.snapshot.settings.clientAddress.upstream.reduce),
            traceparent: PassedFields.traceparent(of: judgement.head))
        call = upstream.send(request) { result in
            self.call = nil
            let answer = self.answer(to: result, isKeyAdded: addsKey)
            if let goneAt = self.clientGoneAt {
                self.record(
                    status: nil, outcome: .clientGone, code: nil, reason: .clientGone, bytesOut: 0, at: goneAt)
            } else {
                completion(answer)
            }
        }
        judgement.eraseBody()
    }

    private func answer(to result: UpstreamResult, isKeyAdded: Bool) -> Answer {
        switch result {
        case .failure(let failure, let trace):
            self.trace = trace
            if let cause = trace.cause { services.shared.upstreamTrouble.noticed(cause, now: Instant.now) }
            return Answer(UpstreamAnswers.refusal(for: failure, mayHaveBeenRecorded: trace.mayHaveBeenRecorded))
        case .answer(let answer, let trace):
            self.trace = trace
            (upstreamStatus, upstreamRequestID) = (answer.status, answer.requestID)
            services.shared.upstreamTrouble.answered()
            if answer.status == 429 { pause(retryAfter: answer.retryAfter) }
            switch UpstreamAnswers.judge(
                answer, isIdempotencyKeyAdded: isKeyAdded, isRepeat: trace.mayHaveBeenRecorded)
            {
            case .pass(let code): return Answer(passing: answer, code: code)
            case .alreadyRecorded: return .alreadyRecorded(at: WallTime.now)
            case .refuse(let refusal): return Answer(refusal)
            }
        }
    }

    /// Plunk has had enough of this key's project for a while.
    private func pause(retryAfter: Bytes?) {
        guard let digest = judgement.keyDigest, let retryAfter,
            let seconds = Int(String(decoding: retryAfter, as: UTF8.self)), seconds > 0
        else { return }
        let span = Instant.Span.seconds(Int64(min(seconds, UpstreamAnswers.longestPause)))
        upstream.pauses.pause(digest, until: Instant.now.advanced(by: span))
    }

    // MARK: Ending

    /// The answer has been written, and will be sent unless the client has gone.
    func answered(_ answer: borrowing Answer, bytesOut: Int, at now: Instant) {
        if answer.outcome == .limited, case .refusal(let refusal) = answer.content {
            let isOurs = refusal.reason == .rateLimited
            services.metrics.requestLimited(!isOurs ? .plunk : refusal.isKeyLimit ? .key : .client)
        }
        record(
            status: answer.status, outcome: answer.outcome, code: answer.code, reason: answer.reason,
            bytesOut: bytesOut, at: now)
    }

    private func count(_ trace: borrowing UpstreamTrace) {
        guard let wait = trace.waitMicroseconds else { return }
        services.metrics.phaseEnded(.wait, microseconds: wait)
        services.metrics.phaseEnded(.total, microseconds: trace.totalMicroseconds)
        if let connect = trace.connectMicroseconds { services.metrics.phaseEnded(.connect, microseconds: connect) }
        if let tls = trace.tlsMicroseconds { services.metrics.phaseEnded(.tls, microseconds: tls) }
        if let firstByte = trace.firstByteMicroseconds {
            services.metrics.phaseEnded(.firstByte, microseconds: firstByte)
        }
        if let upstreamStatus { services.metrics.answered(status: upstreamStatus) }
    }

    /// The request cannot be read, and nobody can be told.
    func unanswerable(_ refusal: Refusal) {
        record(status: nil, outcome: refusal.outcome, code: refusal.code, reason: refusal.reason, bytesOut: 0)
    }

    /// The client closed before its answer. A request that is with Plunk runs on, so that the log tells what became of
    /// it, with the time that the client had waited; one that still waits is dropped.
    func clientGone() {
        clientGoneAt = Instant.now
        if let call {
            call.cancel()
        } else {
            record(status: nil, outcome: .clientGone, code: nil, reason: .clientGone, bytesOut: 0)
        }
    }

    private func record(
        status: Int?, outcome: Outcome, code: ErrorCode?, reason: Reason?, bytesOut: Int,
        at now: Instant = Instant.now
    ) {
        guard !isRecorded else { return }
        isRecorded = true
        var record = AccessRecord(time: wallTime, requestID: requestID, outcome: outcome)
        (record.status, record.code, record.reason) = (status, code, reason)
        (record.bytesIn, record.bytesOut) = (bytesIn, bytesOut)
        record.durationMicroseconds = Int(now.nanoseconds(since: startedAt) / 1000)
        record.client = judgement.client.address.flatMap(judgement.snapshot.settings.clientAddress.log.reduce)
        let head = judgement.head
        record.tls = tlsVersion
        if head !== RequestHead.unreadable { record.protocol = head.version.text }
        if !head.isUnreadable {
            record.request = AccessRecord.Request(head)
            record.key = judgement.fingerprint
        }
        if let trace {
            count(trace)
            record.upstream = AccessRecord.Upstream(trace, status: upstreamStatus, requestID: upstreamRequestID)
        }
        services.metrics.requestEnded(outcome, reason, microseconds: record.durationMicroseconds)
        services.write(record)
    }
}

@available(*, unavailable)
extension Exchange: Sendable {}

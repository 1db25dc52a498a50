internal import EdgeCore
internal import Synchronization

/// What Plunk decides about a request, in the order in which Plunk does: the body's syntax, the route, the key, the
/// project, the rate limit, the Idempotency-Key, the fields. Safe from any thread; reads no clock and does no I/O.
final class TrackImitation: Sendable {
    private struct State: Sendable {
        var claims = IdempotencyClaims(capacity: 8192)
        var buckets = ProjectBuckets(capacity: 4096)
    }

    /// How long ``SandboxProject/Behaviour/slow`` waits.
    private static let slowness = Instant.Span.seconds(2)

    private let rateLimit: RateLimit?
    private let state = Mutex(State())

    /// - Parameter rateLimit: of each project; nil for none.
    init(rateLimit: RateLimit?) { self.rateLimit = rateLimit }

    func answer(_ request: SandboxRequest, at moment: Moment) -> SandboxAnswer {
        let context = AnswerContext(
            requestID: Identifier(given: Self.requestID(of: request)[...]), time: moment.wallTime)
        var answer = decide(request, context, now: moment.instant)
        answer.fields.append(("X-Request-ID", String(decoding: context.requestID.bytes, as: UTF8.self)))
        if SandboxRoute.allowsEveryOrigin(request) {
            answer.fields += [
                ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
                ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
            ]
        }
        return answer
    }

    /// Tells how a request that claimed an Idempotency-Key was answered.
    func settle(_ claim: IdempotencyClaims.Key, status: Int) {
        state.withLock { $0.claims.settle(claim, status: status) }
    }

    /// An id that came along is taken on if it can stand in a header field and in JSON.
    private static func requestID(of request: SandboxRequest) -> [UInt8] {
        if let given = request.requestID?.utf8, (1...128).contains(given.count),
            given.allSatisfy(\.isTokenCharacter)
        {
            return Array(given)
        }
        return UUIDText.random()
    }

    private func decide(_ request: SandboxRequest, _ context: AnswerContext, now: Instant) -> SandboxAnswer {
        let event: TrackEvent
        switch RequestBody(request) {
        case .event(let read): event = read
        case .encoded: return context.refuse(.invalidRequestBody, 415, "The sandbox takes no Content-Encoding")
        case .tooLarge: return context.refuse(.invalidRequestBody, 413, "The body is larger than the sandbox takes")
        case .invalid:
            return context.refuse(
                .validationError, 400, PlunkMessage.invalidJSON, suggestion: PlunkSuggestion.invalidJSON)
        }
        let route = SandboxRoute(request)
        if route == .preflight { return .preflight }
        switch BearerCredential(request.authorization) {
        case .missing:
            return context.refuse(
                .missingAuth, 401, PlunkMessage.missingAuthorization, suggestion: PlunkSuggestion.missingAuthorization)
        case .malformed:
            return context.refuse(
                .missingAuth, 401, PlunkMessage.malformedAuthorization,
                suggestion: PlunkSuggestion.missingAuthorization)
        case .key(let key):
            guard route == .track else { return Self.elsewhere(key, context) }
            guard let project = SandboxProject(key: key), project.behaviour != .unknown else {
                return context.refuse(
                    .invalidAPIKey, 401, PlunkMessage.invalidPublicKey, suggestion: PlunkSuggestion.invalidKey)
            }
            return track(request, event, project, context, now: now)
        }
    }

    /// Answers at an endpoint that wants a secret key.
    private static func elsewhere(_ key: String, _ context: AnswerContext) -> SandboxAnswer {
        guard key.utf8.starts(with: "sk_".utf8) else {
            return context.refuse(
                .invalidAPIKey, 401, PlunkMessage.invalidSecretKey, suggestion: PlunkSuggestion.invalidKey)
        }
        return context.refuse(.resourceNotFound, 404, "The sandbox imitates POST /v1/track only")
    }

    // MARK: POST /v1/track

    private func track(
        _ request: SandboxRequest, _ event: TrackEvent, _ project: SandboxProject, _ context: AnswerContext,
        now: Instant
    ) -> SandboxAnswer {
        if project.behaviour == .disabled { return context.refuse(.projectDisabled, 403, PlunkMessage.projectDisabled) }
        guard let verdict = limit(project, now: now) else {
            return claim(request, event, project, context, now: now)
        }
        var answer =
            if let retryAfter = verdict.retryAfter {
                context.limited(verdict.limit, retryAfter: retryAfter)
            } else {
                claim(request, event, project, context, now: now)
            }
        answer.fields += verdict.fields
        return answer
    }

    /// Nil where nothing is limited.
    private func limit(_ project: SandboxProject, now: Instant) -> ProjectBuckets.Verdict? {
        if project.behaviour == .limited { return ProjectBuckets.empty(rateLimit ?? SandboxServer.plunkLimit) }
        guard let rateLimit else { return nil }
        return state.withLock { $0.buckets.take(from: project.key, limit: rateLimit, now: now) }
    }

    /// Claims the Idempotency-Key, if there is one, and goes on.
    private func claim(
        _ request: SandboxRequest, _ event: TrackEvent, _ project: SandboxProject, _ context: AnswerContext,
        now: Instant
    ) -> SandboxAnswer {
        guard let key = request.idempotencyKey else { return record(event, project, context) }
        guard IdempotencyClaims.isValid(key) else {
            return context.refuse(.badRequest, 400, "Idempotency-Key must be 1-255 printable ASCII characters")
        }
        let claim = IdempotencyClaims.Key(project: project.key, key: key)
        switch state.withLock({ $0.claims.claim(claim, now: now) }) {
        case .reused(let status): return context.reused(key, status: status)
        case .claimed:
            var answer = record(event, project, context)
            answer.claim = claim
            return answer
        }
    }

    private func record(_ event: TrackEvent, _ project: SandboxProject, _ context: AnswerContext) -> SandboxAnswer {
        guard event.errors.isEmpty, let name = event.event, let email = event.email else {
            return context.invalidFields(event.errors)
        }
        if project.behaviour == .broken {
            return context.refuse(.internalServerError, 500, "An unexpected error occurred")
        }
        var answer = SandboxAnswer.recorded(
            contact: UUIDText.stable(for: [Array(project.key.utf8), email]), event: UUIDText.random(),
            timestamp: context.time)
        answer.recorded = RecordedEvent(event: name, email: email, project: project)
        if project.behaviour == .slow { answer.delay = Self.slowness }
        return answer
    }
}

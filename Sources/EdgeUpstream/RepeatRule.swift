internal import EdgeCore

/// Whether a request whose connection was lost is sent a second time, on a fresh connection. The one place that decides
/// it; timeouts and answers are never a reason. Pure.
struct RepeatRule {
    var retry: UpstreamSettings.Retry
    /// Whether a second copy is harmless: Plunk refuses it by 409 if the first one has arrived.
    var hasIdempotencyKey: Bool

    /// - Parameters:
    ///   - isRepeat: whether this was the second time already.
    ///   - hasSent: whether any byte of the request went out.
    ///   - hasAnswerBegun: whether any byte came back; then the upstream was at work on it.
    func allows(isRepeat: Bool, hasSent: Bool, hasAnswerBegun: Bool) -> Bool {
        guard retry == .safe, !isRepeat else { return false }
        return !hasSent || hasIdempotencyKey && !hasAnswerBegun
    }
}

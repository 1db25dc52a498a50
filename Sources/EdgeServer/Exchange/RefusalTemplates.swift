internal import EdgeCore

/// The envelopes of refusals whose words are constants, which is nearly all of them: their JSON is made once, and
/// answers put the request's id and the time into it. Confined to its event loop; holds at most one for each refusal
/// that the rules can speak.
struct RefusalTemplates {
    private struct Template {
        /// Where the constants lie, which tells them apart; the suggestion's may be missing.
        var message: UnsafePointer<UInt8>
        var suggestion: UnsafePointer<UInt8>?
        var status: Int
        var code: ErrorCode
        /// Up to the request's id, and from there to the time.
        var beginning: [UInt8]
        var middle: [UInt8]
    }

    private var templates: [Template] = []
    private var timestamp = Timestamp()

    /// Appends the envelope.
    mutating func append(
        _ refusal: Refusal, requestID: borrowing Identifier, time: WallTime, to output: inout OutputSpan<UInt8>
    ) {
        guard let index = index(of: refusal) else {
            return refusal.appendEnvelope(requestID: copy requestID, timestamp: time, to: &output)
        }
        output.append(bytes: templates[index].beginning)
        requestID.append(to: &output)
        output.append(bytes: templates[index].middle)
        timestamp.append(time, to: &output)
        output.append(#""}"#)
    }

    /// The template of a refusal, made if it is new; nil for one whose words are its own.
    private mutating func index(of refusal: Refusal) -> Int? {
        guard case .constant(let message) = refusal.message, refusal.errors.isEmpty, refusal.retryAfter == nil else {
            return nil
        }
        var suggestion: UnsafePointer<UInt8>?
        switch refusal.suggestion {
        case .constant(let text): suggestion = text.utf8Start
        case .made: return nil
        case nil: break
        }
        let known = templates.firstIndex {
            $0.message == message.utf8Start && $0.suggestion == suggestion && $0.status == refusal.status
                && $0.code == refusal.code
        }
        if let known { return known }
        templates.append(
            Template(
                message: message.utf8Start, suggestion: suggestion, status: refusal.status, code: refusal.code,
                beginning: refusal.envelopeBeginning, middle: refusal.envelopeMiddle))
        return templates.count - 1
    }
}

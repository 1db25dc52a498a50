/// The envelopes of refusals whose words are constants, which is nearly all of them: their JSON is made once, and
/// answers put the request's id and the time into it. It holds at most one for each refusal that the rules can speak.
/// Belongs to who writes with it.
package struct RefusalTemplates {
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

    package init() {}

    /// Appends the envelope, of at most ``Refusal/maximumSize(requestID:)`` bytes.
    package mutating func append(
        _ refusal: Refusal, requestID: borrowing Identifier, time: WallTime, to output: inout OutputSpan<UInt8>
    ) {
        guard let index = index(of: refusal) else {
            return refusal.appendEnvelope(requestID: copy requestID, timestamp: time, to: &output)
        }
        output.append(bytes: templates[index].beginning)
        requestID.append(to: &output)
        output.append(bytes: templates[index].middle)
        timestamp.append(time, to: &output)
        ErrorEnvelope.appendEnd(to: &output)
    }

    /// The template of a refusal, made if it is new; nil for one whose words are its own.
    private mutating func index(of refusal: Refusal) -> Int? {
        guard let (message, suggestion) = refusal.constants else { return nil }
        let known = templates.firstIndex {
            $0.message == message && $0.suggestion == suggestion && $0.status == refusal.status
                && $0.code == refusal.code
        }
        if let known { return known }
        templates.append(
            Template(
                message: message, suggestion: suggestion, status: refusal.status, code: refusal.code,
                beginning: refusal.envelopeBeginning, middle: refusal.envelopeMiddle))
        return templates.count - 1
    }
}

extension Refusal {
    /// Where its words lie, if all that its envelope holds beside id and time is constant.
    fileprivate var constants: (message: UnsafePointer<UInt8>, suggestion: UnsafePointer<UInt8>?)? {
        guard case .constant(let message) = message, errors.isEmpty, retryAfter == nil else { return nil }
        switch suggestion {
        case .constant(let suggestion): return (message.utf8Start, suggestion.utf8Start)
        case .made: return nil
        case nil: return (message.utf8Start, nil)
        }
    }
}

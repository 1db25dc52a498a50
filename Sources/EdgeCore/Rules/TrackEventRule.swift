/// Check 12: the fields are what Plunk takes, and the event is not one that Plunk records itself.
enum TrackEventRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        guard let scanned = judgement.scanned else { return nil }
        let event = judgement.body.withUnsafeBufferPointer { TrackEvent(scanned, in: $0) }
        let errors = event.errors
        judgement.event = consume event
        guard !errors.isEmpty else { return nil }
        return .refuse(
            Refusal(
                422, .validationError, errors.sayReserved ? .reservedEvent : .invalidFields,
                message: errors.message, suggestion: errors.suggestion, errors: errors))
    }
}

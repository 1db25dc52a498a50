/// Check 12: the fields are what Plunk takes, and the event is not one that Plunk records itself.
enum TrackEventRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        guard let scanned = judgement.scanned else { return nil }
        let event = judgement.body.withUnsafeBufferPointer { TrackEvent(scanned, in: $0) }
        judgement.event = event
        guard !event.errors.isEmpty else { return nil }
        let isReserved = event.errors.contains { $0.code == .reservedEvent }
        let hasWrongType = event.errors.contains { $0.code == .invalidType }
        return .refuse(
            Refusal(
                422, .validationError, isReserved ? .reservedEvent : .invalidFields,
                message: isReserved ? PlunkMessage.reservedEvent : PlunkMessage.validationFailed,
                suggestion: hasWrongType ? PlunkSuggestion.invalidTypes : nil, errors: event.errors))
    }
}

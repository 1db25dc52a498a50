/// Check 11: the body is JSON, strictly: what Plunk's parser and ours could read differently is an error.
enum JSONRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        var found = TrackBody()
        let failure = judgement.body.withUnsafeBufferPointer { text -> JSONFailure? in
            do throws(JSONFailure) {
                try JSONScanner.scan(text, visitor: &found)
                return nil
            } catch {
                return error
            }
        }
        guard let failure else {
            judgement.scanned = found
            return nil
        }
        return .refuse(
            Refusal(
                400, .validationError, .invalidJSON, message: PlunkMessage.invalidJSON,
                suggestion: PlunkSuggestion.invalidJSON, errors: [.invalidJSON(failure)]))
    }
}

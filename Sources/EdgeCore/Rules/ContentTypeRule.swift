/// Check 9: JSON, or the `text/plain` that browsers send where a page named no type (and `sendBeacon` always sends for
/// strings), and not compressed.
enum ContentTypeRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        guard head.lines(of: .contentType) == 1, let value = head.value(of: .contentType), isAccepted(value) else {
            return refuse(
                "The Content-Type is not application/json.", "Send the header \"Content-Type: application/json\".")
        }
        for coding in head.reversedValues(of: .contentEncoding) where !coding.equalsIgnoringCase("identity") {
            return refuse("The body is compressed.", "Send the body without Content-Encoding.")
        }
        return nil
    }

    private static func isAccepted(_ value: Bytes) -> Bool {
        let type = value.prefix { $0 != UInt8(ascii: ";") && !$0.isBlank }
        let rest = value[type.endIndex...].drop(while: \.isBlank)
        guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return false }
        return type.equalsIgnoringCase("application/json") || type.equalsIgnoringCase("text/plain")
    }

    private static func refuse(_ message: AnswerText, _ suggestion: AnswerText) -> Verdict {
        .refuse(Refusal(415, .invalidRequestBody, .contentType, message: message, suggestion: suggestion))
    }
}

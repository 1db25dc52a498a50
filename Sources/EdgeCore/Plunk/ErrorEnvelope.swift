/// Plunk's answer to a request that failed:
/// `{"success":false,"error":{code,message,statusCode,requestId,errors,details,suggestion},"timestamp"}`, compact, in
/// this order, absent members left out.
package struct ErrorEnvelope: Sendable {
    /// What a program can act on, beyond the code.
    package enum Details: Hashable, Sendable {
        /// Whole seconds to wait.
        case retryAfter(seconds: Int)
        /// The status of the first answer to an Idempotency-Key; nil while there is none.
        case originalStatusCode(Int?)
    }

    package var code: ErrorCode
    package var status: Int
    package var message: AnswerText
    package var requestID: Identifier
    package var errors: [FieldError] = []
    package var details: Details?
    package var suggestion: AnswerText?
    package var timestamp: WallTime

    package init(
        _ code: ErrorCode, status: Int, message: AnswerText, suggestion: AnswerText? = nil, requestID: Identifier,
        timestamp: WallTime
    ) {
        (self.code, self.status, self.message, self.suggestion) = (code, status, message, suggestion)
        (self.requestID, self.timestamp) = (requestID, timestamp)
    }

    /// The value of Content-Type that goes with it.
    package static let contentType: StaticString = "application/json; charset=utf-8"

    /// How many bytes the JSON text can have.
    package var maximumSize: Int {
        Self.maximumSize(requestID: requestID, message: message, errors: errors, suggestion: suggestion)
    }

    static func maximumSize(
        requestID: borrowing Identifier, message: borrowing AnswerText, errors: borrowing [FieldError],
        suggestion: borrowing AnswerText?
    ) -> Int {
        // 512: names, punctuation and the members whose values are short.
        var size = 512 + requestID.count + JSONText.maximumSize(ofString: message.count)
        if let suggestion = copy suggestion { size += JSONText.maximumSize(ofString: suggestion.count) }
        for error in copy errors {
            size += 128 + JSONText.maximumSize(ofString: error.field.utf8.count)
            size += JSONText.maximumSize(ofString: error.message.count)
            if let received = error.received { size += JSONText.maximumSize(ofString: received.count) }
        }
        return size
    }

    /// The JSON text in memory of its own.
    package var bytes: [UInt8] { [UInt8](textOfAtMost: maximumSize) { append(to: &$0) } }

    /// Appends the JSON text.
    package func append(to output: inout OutputSpan<UInt8>) {
        Self.append(
            code, status: status, message: message, requestID: requestID, errors: errors, details: details,
            suggestion: suggestion, timestamp: timestamp, to: &output)
    }

    static func append(
        _ code: ErrorCode, status: Int, message: borrowing AnswerText, requestID: borrowing Identifier,
        errors: borrowing [FieldError], details: Details?, suggestion: borrowing AnswerText?, timestamp: WallTime,
        to output: inout OutputSpan<UInt8>
    ) {
        appendBeginning(code, status: status, message: message, to: &output)
        requestID.append(to: &output)
        appendMiddle(errors: errors, details: details, suggestion: suggestion, to: &output)
        timestamp.appendISO8601(to: &output)
        appendEnd(to: &output)
    }

    /// Up to the request's id.
    static func appendBeginning(
        _ code: ErrorCode, status: Int, message: borrowing AnswerText, to output: inout OutputSpan<UInt8>
    ) {
        output.append(#"{"success":false,"error":{"code":""#)
        output.append(text: code.rawValue)
        output.append(#"","message":"#)
        message.append(to: &output)
        output.append(#","statusCode":"#)
        output.append(decimal: UInt64(status.magnitude))
        output.append(#","requestId":""#)
    }

    /// From behind the request's id to the time.
    static func appendMiddle(
        errors: borrowing [FieldError], details: Details?, suggestion: borrowing AnswerText?,
        to output: inout OutputSpan<UInt8>
    ) {
        output.append("\"")
        if !errors.isEmpty { append(copy errors, to: &output) }
        if let details { append(details, to: &output) }
        if let suggestion = copy suggestion {
            output.append(#","suggestion":"#)
            suggestion.append(to: &output)
        }
        output.append(#"},"timestamp":""#)
    }

    /// From behind the time.
    static func appendEnd(to output: inout OutputSpan<UInt8>) { output.append(#""}"#) }

    private static func append(_ errors: [FieldError], to output: inout OutputSpan<UInt8>) {
        output.append(#","errors":["#)
        for (index, error) in errors.enumerated() {
            output.append(index == 0 ? #"{"field":"# : #",{"field":"#)
            JSONText.appendString(error.field, to: &output)
            output.append(#","message":"#)
            JSONText.appendString(error.message, to: &output)
            output.append(#","code":""#)
            output.append(text: error.code.rawValue)
            output.append("\"")
            if let received = error.received {
                output.append(#","received":"#)
                JSONText.appendString(received, to: &output)
            }
            output.append("}")
        }
        output.append("]")
    }

    private static func append(_ details: Details, to output: inout OutputSpan<UInt8>) {
        switch details {
        case .retryAfter(let seconds):
            output.append(#","details":{"retryAfter":"#)
            output.append(decimal: UInt64(seconds.magnitude))
        case .originalStatusCode(let status):
            output.append(#","details":{"originalStatusCode":"#)
            if let status { output.append(decimal: UInt64(status.magnitude)) } else { output.append("null") }
        }
        output.append("}")
    }
}

extension ErrorEnvelope {
    /// The answer to a body with faulty fields: 422, with Plunk's suggestion where a type is wrong.
    package init(fields errors: [FieldError], requestID: Identifier, timestamp: WallTime) {
        self.init(
            .validationError, status: 422, message: errors.message, suggestion: errors.suggestion,
            requestID: requestID, timestamp: timestamp)
        self.errors = errors
    }
}

extension Refusal {
    /// How many bytes the envelope can have.
    package func maximumSize(requestID: Identifier) -> Int {
        ErrorEnvelope.maximumSize(requestID: requestID, message: message, errors: errors, suggestion: suggestion)
    }

    /// The envelope up to the request's id.
    var envelopeBeginning: [UInt8] {
        [UInt8](textOfAtMost: 256 + JSONText.maximumSize(ofString: message.count)) {
            ErrorEnvelope.appendBeginning(code, status: status, message: message, to: &$0)
        }
    }

    /// The envelope from behind the request's id to the time, where there is nothing in it but a suggestion.
    var envelopeMiddle: [UInt8] {
        [UInt8](textOfAtMost: 64 + JSONText.maximumSize(ofString: suggestion?.count ?? 0)) {
            ErrorEnvelope.appendMiddle(errors: [], details: nil, suggestion: suggestion, to: &$0)
        }
    }

    /// Appends the envelope that the client gets.
    func appendEnvelope(requestID: Identifier, timestamp: WallTime, to output: inout OutputSpan<UInt8>) {
        ErrorEnvelope.append(
            code, status: status, message: message, requestID: requestID, errors: errors,
            details: retryAfter.map { .retryAfter(seconds: $0) }, suggestion: suggestion, timestamp: timestamp,
            to: &output)
    }
}

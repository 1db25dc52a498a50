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
    package var message: String
    package var requestID: [UInt8]
    package var errors: [FieldError] = []
    package var details: Details?
    package var suggestion: String?
    package var timestamp: WallTime

    package init(
        _ code: ErrorCode, status: Int, message: String, suggestion: String? = nil, requestID: [UInt8],
        timestamp: WallTime
    ) {
        (self.code, self.status, self.message, self.suggestion) = (code, status, message, suggestion)
        (self.requestID, self.timestamp) = (requestID, timestamp)
    }

    /// The value of Content-Type that goes with it.
    package static let contentType: StaticString = "application/json; charset=utf-8"

    /// Appends the JSON text.
    package func append(to output: inout [UInt8]) {
        output.append(#"{"success":false,"error":{"code":""#)
        output.append(contentsOf: code.rawValue.utf8)
        output.append(#"","message":"#)
        JSONText.appendString(message.utf8, to: &output)
        output.append(#","statusCode":"#)
        output.appendDecimal(status.magnitude)
        output.append(#","requestId":"#)
        JSONText.appendString(requestID, to: &output)
        if !errors.isEmpty { Self.append(errors, to: &output) }
        if let details { Self.append(details, to: &output) }
        if let suggestion {
            output.append(#","suggestion":"#)
            JSONText.appendString(suggestion.utf8, to: &output)
        }
        output.append(#"},"timestamp":""#)
        timestamp.appendISO8601(to: &output)
        output.append(#""}"#)
    }

    private static func append(_ errors: [FieldError], to output: inout [UInt8]) {
        output.append(#","errors":["#)
        for (index, error) in errors.enumerated() {
            output.append(index == 0 ? #"{"field":"# : #",{"field":"#)
            JSONText.appendString(error.field.utf8, to: &output)
            output.append(#","message":"#)
            JSONText.appendString(error.message, to: &output)
            output.append(#","code":""#)
            output.append(contentsOf: error.code.rawValue.utf8)
            output.append("\"")
            if let received = error.received {
                output.append(#","received":"#)
                JSONText.appendString(received, to: &output)
            }
            output.append("}")
        }
        output.append("]")
    }

    private static func append(_ details: Details, to output: inout [UInt8]) {
        switch details {
        case .retryAfter(let seconds):
            output.append(#","details":{"retryAfter":"#)
            output.appendDecimal(seconds.magnitude)
        case .originalStatusCode(let status):
            output.append(#","details":{"originalStatusCode":"#)
            if let status { output.appendDecimal(status.magnitude) } else { output.append("null") }
        }
        output.append("}")
    }
}

extension ErrorEnvelope {
    /// The answer to a body with faulty fields: 422, with Plunk's suggestion where a type is wrong.
    package init(fields errors: [FieldError], requestID: [UInt8], timestamp: WallTime) {
        let isReserved = errors.contains { $0.code == .reservedEvent }
        self.init(
            .validationError, status: 422,
            message: isReserved ? PlunkMessage.reservedEvent : PlunkMessage.validationFailed,
            suggestion: errors.contains { $0.code == .invalidType } ? PlunkSuggestion.invalidTypes : nil,
            requestID: requestID, timestamp: timestamp)
        self.errors = errors
    }
}

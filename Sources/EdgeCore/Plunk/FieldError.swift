/// What is wrong with one field of a body: an element of the error envelope's `errors`.
package struct FieldError: Hashable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case invalidType = "invalid_type"
        case tooSmall = "too_small"
        case invalidString = "invalid_string"
        case reservedEvent = "reserved_event"
        /// The edge's own: where a text stops being JSON.
        case invalidJSON = "invalid_json"
    }

    /// The type of a JSON value, by the names that Plunk uses.
    package enum ValueType: String, CaseIterable, Sendable {
        case string, number, boolean, null, array, object
        /// There is no value.
        case undefined
    }

    /// A dot path; empty for the body itself.
    package var field: String
    /// UTF-8.
    package var message: [UInt8]
    package var code: Code
    /// For a wrong type its name, for a reserved event the event; else nil.
    package var received: [UInt8]?

    /// A value of the wrong type, or none where one is required.
    package static func invalidType(_ field: String, expected: ValueType, received: ValueType) -> FieldError {
        let message =
            received == .undefined ? "Required" : "Expected \(expected.rawValue), received \(received.rawValue)"
        return FieldError(
            field: field, message: Array(message.utf8), code: .invalidType, received: Array(received.rawValue.utf8))
    }

    /// A string that must not be empty and is.
    package static func emptyString(_ field: String) -> FieldError {
        FieldError(field: field, message: Array("String must contain at least 1 character(s)".utf8), code: .tooSmall)
    }

    /// A string that is no email address.
    package static func invalidEmail(_ field: String) -> FieldError {
        FieldError(field: field, message: Array("Invalid email".utf8), code: .invalidString)
    }

    /// A body that is no JSON, and from which byte on.
    package static func invalidJSON(_ failure: JSONFailure) -> FieldError {
        FieldError(field: "", message: Array("At byte \(failure.offset): \(failure)".utf8), code: .invalidJSON)
    }

    /// Most bytes that are said of an event's name.
    private static let longestName = 256

    /// An event name that Plunk keeps for itself. Of one that is long the beginning is said.
    package static func reservedEvent(_ whole: [UInt8]) -> FieldError {
        let name = shortened(whole)
        let message =
            Array("Event name \"".utf8) + name
            + Array("\" is reserved for system use and cannot be manually tracked".utf8)
        return FieldError(field: "event", message: message, code: .reservedEvent, received: name)
    }

    private static func shortened(_ name: [UInt8]) -> [UInt8] {
        guard name.count > longestName else { return name }
        let beginning = name.prefix(longestName - 3 + 1)
        // Not in the middle of a character (UTF-8): where its first byte stands it is cut.
        let end = beginning.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
        return name[..<end] + Array("...".utf8)
    }
}

extension [FieldError] {
    /// Whether Plunk keeps the event's name for itself.
    var sayReserved: Bool { contains { $0.code == .reservedEvent } }

    /// What the envelope says of all of them.
    var message: AnswerText { sayReserved ? PlunkMessage.reservedEvent : PlunkMessage.validationFailed }

    /// What Plunk suggests where a type is wrong.
    var suggestion: AnswerText? { contains { $0.code == .invalidType } ? PlunkSuggestion.invalidTypes : nil }
}

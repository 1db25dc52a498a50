/// A track event as Plunk would take it, or what is wrong with it: the fields of a scanned body, judged.
package struct TrackEvent: Sendable {
    /// The members that Plunk reads; it drops every other.
    package enum Field: String, CaseIterable, Sendable {
        case event, email, subscribed, data
    }

    /// The event's name with escapes resolved; nil where it is missing or no string.
    package let event: [UInt8]?
    /// The address with escapes resolved; nil where it is missing or no string.
    package let email: [UInt8]?
    /// The members that Plunk reads, in the order of the text.
    package let members: [(field: Field, member: TrackBody.Member)]
    /// Members that it does not read, in the order of the text.
    package let unknown: [TrackBody.Member]
    /// Faults in the order of Plunk's schema: event, email, subscribed. Empty where there is none; a reserved name is
    /// looked at only in a body that has no other fault.
    package let errors: [FieldError]

    /// - Parameters:
    ///   - body: what the scanner found in `text`. Its bytes are read, none is kept.
    ///   - text: the same text that was scanned.
    package init(_ body: TrackBody, in text: UnsafeBufferPointer<UInt8>) {
        var members: [(field: Field, member: TrackBody.Member)] = []
        var unknown: [TrackBody.Member] = []
        var errors: [FieldError] = []
        members.reserveCapacity(body.members.count)
        for member in body.members {
            if let field = Field(member.name, in: text) {
                members.append((field, member))
            } else {
                unknown.append(member)
            }
        }
        let kind = { (field: Field) in members.first { $0.field == field }?.member.kind }
        let string = { (field: Field) in members.first { $0.field == field }?.member.string(in: text) }
        (event, email) = (string(.event), string(.email))
        (self.members, self.unknown) = (members, unknown)

        if let topLevel = body.topLevel, topLevel != .object {
            self.errors = [.invalidType("", expected: .object, received: topLevel.type)]
            return
        }
        if let event {
            if event.isEmpty { errors.append(.emptyString("event")) }
        } else {
            errors.append(.invalidType("event", expected: .string, received: kind(.event)?.type ?? .undefined))
        }
        if let email {
            if !EmailAddress.isPlausible(email) { errors.append(.invalidEmail("email")) }
        } else {
            errors.append(.invalidType("email", expected: .string, received: kind(.email)?.type ?? .undefined))
        }
        if let subscribed = kind(.subscribed)?.type, subscribed != .boolean {
            errors.append(.invalidType("subscribed", expected: .boolean, received: subscribed))
        }
        if errors.isEmpty, let event, ReservedEvents.contains(event) { errors.append(.reservedEvent(event)) }
        self.errors = errors
    }
}

extension TrackEvent.Field {
    /// The field that a member's name means, escapes resolved; nil for every other.
    fileprivate init?(_ name: JSONString, in text: UnsafeBufferPointer<UInt8>) {
        let field = name.hasEscapes ? Self(name.bytes(in: text)) : Self(text[name.range])
        guard let field else { return nil }
        self = field
    }

    private init?(_ name: some Collection<UInt8>) {
        if name.equals("event") {
            self = .event
        } else if name.equals("email") {
            self = .email
        } else if name.equals("subscribed") {
            self = .subscribed
        } else if name.equals("data") {
            self = .data
        } else {
            return nil
        }
    }
}

extension TrackBody.Member {
    /// The bytes that a string value means, escapes resolved; nil for other values.
    package func string(in text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard case .scalar(.string(let hasEscapes)) = kind else { return nil }
        return JSONString(range: range.lowerBound + 1..<range.upperBound - 1, hasEscapes: hasEscapes).bytes(in: text)
    }
}

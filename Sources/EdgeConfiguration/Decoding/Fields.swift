internal import EdgeCore

/// An object of the file next to the rows of the catalog that say what may stand in it.
struct Fields {
    private let reader: ConfigurationReader
    private let settings: [SettingDescription]
    private let members: [PositionedValue.Member]
    /// The dotted path, for messages; empty for the file's own object.
    private let path: String

    /// Reports unknown and missing keys; one that is there but misspelled is not missing as well. Nil, reported, if
    /// `value` is no object.
    init?(
        _ value: PositionedValue, _ settings: [SettingDescription], examples: [OrderedJSON] = [], path: String,
        reader: ConfigurationReader
    ) {
        guard case .object(let members) = value.content else {
            let forms = (examples.isEmpty ? [Self.example(of: settings)] : examples).map(\.compact)
            reader.reportKind(of: value, expected: "an object", "Write \(forms.listed("or")).")
            return nil
        }
        (self.reader, self.settings, self.members, self.path) = (reader, settings, members, path)
        let names = settings.map(\.name)
        var misspelled: Set<String> = []
        // Secret keys have been reported.
        for member in members where !names.contains(member.name) && !SecretKey.isContained(in: member.name) {
            let near = Spelling.nearest(to: member.name, among: names)
            misspelled.formUnion(near)
            let suggestion = SettingCatalog.suggestion(for: member.name, in: path, near: near, knowing: settings)
            reader.report(Complaint("\(member.name.quoted) is not known here.", suggestion), at: member.offset)
        }
        for setting in settings
        where setting.isRequired && self[setting.name] == nil && !misspelled.contains(setting.name) {
            let example = setting.examples.first?.compact ?? "..."
            reader.report(
                Complaint("\(setting.name.quoted) is missing.", "Add \(setting.name.quoted): \(example)."),
                at: value.offset)
        }
    }

    subscript(name: String) -> PositionedValue? { members.first { $0.name == name }?.value }

    // MARK: Values that replace a default

    func read(_ name: String, into span: inout Instant.Span) {
        guard let value = self[name], case .duration(let range) = shape(of: name) else { return }
        guard let text = text(value, expected: "a duration", DurationText.suggestion) else { return }
        if let read = reader.attempt(at: value, { () throws(Complaint) in try DurationText.read(text, in: range) }) {
            span = read
        }
    }

    func read(_ name: String, into number: inout Int) {
        guard let value = self[name], let shape = shape(of: name) else { return }
        if case .size(let range) = shape {
            // A number can only mean bytes.
            var suggestion = SizeText.suggestion
            if case .number(let text) = value.content, let bytes = Int(text), range.contains(bytes) {
                suggestion = "Write \(SizeText.text(bytes).quoted)."
            }
            guard let text = text(value, expected: "a size", suggestion) else { return }
            number = reader.attempt(at: value) { () throws(Complaint) in try SizeText.read(text, in: range) } ?? number
        } else if case .integer(let range) = shape {
            let suggestion = "Write a whole number from \(range.lowerBound) to \(range.upperBound), without quotes."
            guard case .number(let text) = value.content, let read = Int(text) else {
                reader.reportKind(of: value, expected: "a whole number", suggestion)
                return
            }
            guard range.contains(read) else {
                reader.report(Complaint("\(text) is out of range.", suggestion), at: value.offset)
                return
            }
            number = read
        }
    }

    /// Null turns it off.
    func read(_ name: String, into number: inout Int?) {
        guard let value = self[name] else { return }
        if case .null = value.content {
            number = nil
            return
        }
        var read = number ?? 0
        self.read(name, into: &read)
        number = read
    }

    func read(_ name: String, into flag: inout Bool) {
        guard let value = self[name] else { return }
        guard case .boolean(let read) = value.content else {
            reader.reportKind(of: value, expected: "true or false", "Write true or false, without quotes.")
            return
        }
        flag = read
    }

    func read<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, into choice: inout Choice) {
        guard let value = self[name] else { return }
        let words = Choice.allCases.map(\.rawValue)
        let suggestion = "Write \(words.map(\.quoted).listed("or"))."
        guard let text = text(value, like: words.first ?? "", expected: "a string", suggestion) else { return }
        guard let read = Choice(rawValue: text) else {
            reader.report(Complaint("\(text.quoted) is not one of the choices.", suggestion), at: value.offset)
            return
        }
        choice = read
    }

    /// Replaces the figures that are written.
    func read(_ name: String, into limit: inout RateLimit?) {
        guard let value = self[name] else { return }
        if case .null = value.content {
            limit = nil
            return
        }
        guard let fields = fields(name) else { return }
        var read = limit ?? RateLimit(perSecond: 0, burst: 0)
        if let rate = fields["rate"], let text = fields.text(rate, expected: "a rate", RateText.suggestion),
            let perSecond = reader.attempt(at: rate, { () throws(Complaint) in try RateText.read(text) })
        {
            read.perSecond = perSecond
        }
        fields.read("burst", into: &read.burst)
        limit = read
    }

    // MARK: Values in values

    /// The object behind `name`; nil where there is none.
    func fields(_ name: String) -> Fields? {
        guard let value = self[name], let setting = description(of: name), let settings = setting.shape.settings else {
            return nil
        }
        return Fields(
            value, settings, examples: setting.examples, path: SettingCatalog.join(path, name), reader: reader)
    }

    /// The objects of the list behind `name`.
    func list(_ name: String) -> [Fields] {
        guard let settings = shape(of: name)?.settings else { return [] }
        let path = SettingCatalog.join(path, name) + "[]"
        return (elements(name) ?? []).compactMap { Fields($0, settings, path: path, reader: reader) }
    }

    /// The elements of the list behind `name`; nil where there is none.
    func elements(_ name: String) -> [PositionedValue]? {
        guard let value = self[name], case .list(_, let minimum) = shape(of: name) else { return nil }
        guard case .array(let elements) = value.content else {
            reader.reportKind(of: value, expected: "a list", "Write it in brackets: [...].")
            return nil
        }
        if elements.count < minimum {
            reader.report(Complaint("The list is empty.", "Write at least one entry."), at: value.offset)
        }
        return elements
    }

    private func description(of name: String) -> SettingDescription? { settings.first { $0.name == name } }

    /// What may stand behind `name`, beside null.
    private func shape(of name: String) -> SettingShape? {
        guard case .nullable(let shape)? = description(of: name)?.shape else { return description(of: name)?.shape }
        return shape
    }

    /// An object with what it must hold, or else its first member.
    static func example(of settings: [SettingDescription]) -> OrderedJSON {
        let required = settings.filter(\.isRequired)
        return .object(
            (required.isEmpty ? Array(settings.prefix(1)) : required).map {
                .init(name: $0.name, value: $0.standard ?? $0.examples.first ?? "...")
            })
    }

    /// The text of a value that says more than any string may: a number with a unit, a choice.
    private func text(
        _ value: PositionedValue, like example: String = "...", expected: String, _ suggestion: String
    ) -> String? {
        switch value.content {
        case .string, .object: return reader.text(value, like: example)
        case .array, .number, .boolean, .null:
            reader.reportKind(of: value, expected: expected, suggestion)
            return nil
        }
    }
}

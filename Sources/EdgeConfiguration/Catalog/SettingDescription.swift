internal import EdgeCore

/// What may stand behind a key.
indirect enum SettingShape: Sendable {
    case text
    case duration(ClosedRange<Instant.Span>)
    case size(ClosedRange<Int>)
    case integer(ClosedRange<Int>)
    case rate
    case boolean
    case choice([String])
    case list(of: SettingShape, minimum: Int)
    case object([SettingDescription])
    /// The shape, or null to turn the setting off.
    case nullable(SettingShape)

    /// The settings of the object that this is, or that its list holds.
    var settings: [SettingDescription]? {
        switch self {
        case .object(let settings): settings
        case .list(let shape, _), .nullable(let shape): shape.settings
        case .text, .duration, .size, .integer, .rate, .boolean, .choice: nil
        }
    }
}

/// One key of the configuration: a row of the table that the reader, the schema and the messages are made from.
struct SettingDescription: Sendable {
    var name: String
    var shape: SettingShape
    /// What holds where the key is not written; nil where nothing does.
    var standard: OrderedJSON?
    var isRequired = false
    var examples: [OrderedJSON] = []
    var meaning: String

    init(
        _ name: String, _ shape: SettingShape, standard: OrderedJSON? = nil, isRequired: Bool = false,
        examples: [OrderedJSON] = [], _ meaning: String
    ) {
        (self.name, self.shape, self.standard) = (name, shape, standard)
        (self.isRequired, self.examples, self.meaning) = (isRequired, examples, meaning)
    }
}

/// The JSON Schema of the configuration, made from the table that the reader reads by.
package enum ConfigurationSchema {
    /// JSON Schema, draft 2020-12; ends with a line feed.
    package static let text: String = document.text + "\n"

    private static var document: OrderedJSON {
        guard case .object(let members) = object(SettingCatalog.settings) else { return nil }
        let head: OrderedJSON = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Configuration of plunk-edge",
        ]
        let definitions: OrderedJSON = [
            "$defs": [
                "indirect": [
                    "description":
                        "A string from elsewhere: ${NAME} or ${NAME:-default} from the environment, or a file's content.",
                    "anyOf": [
                        ["type": "string", "pattern": #"\$\{"#],
                        [
                            "type": "object", "properties": ["file": ["type": "string"]], "required": ["file"],
                            "additionalProperties": false,
                        ],
                    ],
                ],
                "text": direct(["type": "string"]),
                "duration": direct(["type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"]),
                "size": direct(["type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)?$"]),
                "rate": direct(["type": "string", "pattern": "^[0-9]+/(s|m|h)$"]),
            ]
        ]
        return .object(head.members + members + definitions.members)
    }

    private static func direct(_ schema: OrderedJSON) -> OrderedJSON {
        ["anyOf": [schema, ["$ref": "#/$defs/indirect"]]]
    }

    private static func object(_ settings: [SettingDescription]) -> OrderedJSON {
        let required = settings.filter(\.isRequired).map { OrderedJSON.string($0.name) }
        let properties = OrderedJSON.object(settings.map { .init(name: $0.name, value: property($0)) })
        var members: [OrderedJSON.Member] = [
            .init(name: "type", value: "object"), .init(name: "additionalProperties", value: false),
        ]
        if !required.isEmpty { members.append(.init(name: "required", value: .array(required))) }
        return .object(members + [.init(name: "properties", value: properties)])
    }

    private static func property(_ setting: SettingDescription) -> OrderedJSON {
        var members: [OrderedJSON.Member] = [.init(name: "description", value: .string(setting.meaning))]
        if let standard = setting.standard { members.append(.init(name: "default", value: standard)) }
        if !setting.examples.isEmpty { members.append(.init(name: "examples", value: .array(setting.examples))) }
        return .object(members + schema(of: setting.shape).members)
    }

    private static func schema(of shape: SettingShape) -> OrderedJSON {
        switch shape {
        case .text: ["$ref": "#/$defs/text"]
        case .duration: ["$ref": "#/$defs/duration"]
        case .size: ["$ref": "#/$defs/size"]
        case .rate: ["$ref": "#/$defs/rate"]
        case .integer(let range):
            ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .boolean: ["type": "boolean"]
        case .choice(let words): direct(["enum": .array(words.map(OrderedJSON.string))])
        case .list(let element, let minimum):
            minimum == 0
                ? ["type": "array", "items": schema(of: element)]
                : ["type": "array", "minItems": .number(minimum), "items": schema(of: element)]
        case .object(let settings): object(settings)
        case .nullable(let shape): ["anyOf": [schema(of: shape), ["type": "null"]]]
        }
    }
}

extension OrderedJSON {
    /// The members of an object; none of anything else.
    fileprivate var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }
}

internal import EdgeCore

/// JSON of a few members, for answers that nobody waits for.
enum JSONLine {
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{\(members.map { "\(string($0.name)):\($0.value)" }.joined(separator: ","))}"
    }

    static func array(_ values: [String]) -> String { "[\(values.joined(separator: ","))]" }

    static func string(_ text: String) -> String {
        let bytes = [UInt8](textOfAtMost: JSONText.maximumSize(ofString: text.utf8.count)) {
            JSONText.appendString(text, to: &$0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

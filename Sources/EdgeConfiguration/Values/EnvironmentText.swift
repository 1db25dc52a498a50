internal import EdgeCore

/// `${NAME}` and `${NAME:-default}` in a string, replaced by what the environment says; `$${` stands for `${`.
struct EnvironmentText {
    let environment: [String: String]

    /// A default counts where the variable is not set or empty, as in a shell. Defaults hold no variables.
    func resolve(_ text: String) throws(Complaint) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if rest.starts(with: "$${".utf8) {
                output.append("${")
                index += 3
            } else if rest.starts(with: "${".utf8) {
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    throw Complaint("\"${\" has no \"}\".", "Write ${NAME}, or $${ for the two characters themselves.")
                }
                output += try value(of: bytes[(index + 2)..<end]).utf8
                index = end + 1
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func value(of reference: Bytes) throws(Complaint) -> String {
        let nameBytes = reference.prefix { $0.isASCIIDigit || $0.isASCIILetter || $0 == UInt8(ascii: "_") }
        let rest = reference.dropFirst(nameBytes.count)
        guard let first = nameBytes.first, !first.isASCIIDigit, rest.isEmpty || rest.starts(with: ":-".utf8) else {
            throw Complaint(
                "\("${\(String(decoding: reference, as: UTF8.self))}".quoted) names no variable.",
                "Write ${NAME} or ${NAME:-default}; names are letters, digits and underscores.")
        }
        let name = String(decoding: nameBytes, as: UTF8.self)
        let value = environment[name]
        if !rest.isEmpty, value ?? "" == "" { return String(decoding: rest.dropFirst(2), as: UTF8.self) }
        guard let value else {
            throw Complaint(
                "The environment variable \(name.quoted) is not set.",
                "Set it, or give a default: ${\(SecretKey.redacted(name)):-default}.")
        }
        return value
    }
}

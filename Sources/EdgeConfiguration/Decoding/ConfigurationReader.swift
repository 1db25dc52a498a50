internal import EdgeCore

/// Reads values of one document and collects everything that is wrong with them. Lives as long as one load does, on
/// the thread that loads.
final class ConfigurationReader {
    struct Finding {
        var offset: Int
        var complaint: Complaint
    }

    /// Bytes of a file that may stand for a string.
    private static let maximumTextFile = 64 * 1024
    /// Bytes of a certificate or key file.
    private static let maximumCertificateFile = 4 * 1024 * 1024

    let sha256: SHA256Function
    let authorityInspector: AuthorityInspector
    let inspector: CertificateInspector
    private let environment: EnvironmentText
    private let folder: String
    private let isReload: Bool
    private(set) var problems: [Finding] = []
    private(set) var warnings: [Finding] = []

    /// - Parameters:
    ///   - folder: where relative paths start; absolute.
    ///   - isReload: files are not waited for.
    init(
        environment: [String: String], sha256: @escaping SHA256Function,
        authorityInspector: @escaping AuthorityInspector, inspector: @escaping CertificateInspector, folder: String,
        isReload: Bool
    ) {
        (self.authorityInspector, self.inspector) = (authorityInspector, inspector)
        self.environment = EnvironmentText(environment: environment)
        (self.sha256, self.folder, self.isReload) = (sha256, folder, isReload)
    }

    func report(_ complaint: Complaint, at offset: Int) {
        problems.append(Finding(offset: offset, complaint: complaint))
    }

    func warn(_ complaint: Complaint, at offset: Int) {
        warnings.append(Finding(offset: offset, complaint: complaint))
    }

    /// What `body` makes; nil where it complains, which is reported at `value`.
    func attempt<Value>(at value: PositionedValue, _ body: () throws(Complaint) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            report(error, at: value.offset)
            return nil
        }
    }

    func reportKind(of value: PositionedValue, expected: String, _ suggestion: String) {
        report(Complaint("This is \(value.kind), not \(expected).", suggestion), at: value.offset)
    }

    // MARK: Strings and files

    /// A string with its variables replaced, or the content of the file that stands for it.
    func text(_ value: PositionedValue, like example: String = "...") -> String? {
        let text: String?
        switch value.content {
        case .string(let written):
            // Secret keys that are written out have been reported.
            guard !SecretKey.isContained(in: written) else { return nil }
            text = attempt(at: value) { () throws(Complaint) in try environment.resolve(written) }
        case .object(let members):
            guard members.count == 1, let file = members.first, file.name == "file", case .string = file.value.content
            else {
                reportKind(
                    of: value, expected: "a string",
                    "Write \"\(example)\", or {\"file\": \"path\"} to read it from a file.")
                return nil
            }
            text = content(of: file.value)
        case .array, .number, .boolean, .null:
            reportKind(of: value, expected: "a string", "Write a string: \"\(example)\".")
            return nil
        }
        guard let text else { return nil }
        guard !SecretKey.isContained(in: text) else {
            report(Self.secretKey, at: value.offset)
            return nil
        }
        return text
    }

    /// A path, absolute: a relative one starts at the configuration's folder.
    func path(_ value: PositionedValue) -> String? {
        guard let text = text(value, like: "path") else { return nil }
        // It can be a private key, which must not be repeated in a message.
        guard !text.contains("-----BEGIN ") else {
            report(
                Complaint("This is what a file holds, and not its path.", "Write the path of the file itself."),
                at: value.offset)
            return nil
        }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            report(Complaint("\(text.quoted) is not a path.", "Write the path of a file."), at: value.offset)
            return nil
        }
        return absolute(text)
    }

    func absolute(_ path: String) -> String { FileAccess.absolute(path, from: folder) }

    /// The path of a PEM file that can be read and holds `label`, the words between the dashes of its first line.
    func certificateFile(_ value: PositionedValue, label: String, describedAs kind: String) -> String? {
        guard let path = path(value), let bytes = bytes(of: path, maximumSize: Self.maximumCertificateFile, for: value)
        else { return nil }
        // A private key may stand in it: it is read where it lies, and then overwritten.
        defer { Erasure.erase(bytes) }
        let end = "\(label)-----".utf8
        let begins = bytes.split { $0 == 0x0A || $0 == 0x0D }
            .contains { $0.starts(with: "-----BEGIN ".utf8) && $0.suffix(end.count).elementsEqual(end) }
        guard begins else {
            report(
                Complaint(
                    "\(path.quotedPath) holds no \(kind).",
                    "Name a PEM file: its first line says \"BEGIN ... \(label)\"."),
                at: value.offset)
            return nil
        }
        return path
    }

    private func content(of file: PositionedValue) -> String? {
        guard let path = path(file), let bytes = bytes(of: path, maximumSize: Self.maximumTextFile, for: file) else {
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report(Complaint("\(path.quotedPath) is not UTF-8 text.", "Write the text in UTF-8."), at: file.offset)
            return nil
        }
        let end = text.lastIndex { !$0.isNewline }
        return end.map { String(text[...$0]) } ?? ""
    }

    private func bytes(of path: String, maximumSize: Int, for value: PositionedValue) -> [UInt8]? {
        do {
            return try FileAccess.read(path, maximumSize: maximumSize, waits: !isReload)
        } catch {
            report(
                Complaint(
                    "\(path.quotedPath) cannot be read: \(error.reason).", "Correct the path or the file's permissions."
                ),
                at: value.offset)
            return nil
        }
    }

    static let secretKey = Complaint(
        "This holds a secret key (sk_...), which must not be here.",
        "Remove it, rotate it in Plunk's dashboard, and use the public key (pk_...).")
}

package import EdgeCore

/// A configuration that holds, and what should be said about it.
package struct LoadedConfiguration: Sendable {
    package var settings: EdgeSettings
    /// Remarks that keep nothing from starting, in the file's order: also about settings that this version understands
    /// but does not carry out.
    package var warnings: [ConfigurationProblem]
}

/// Reads configuration files: strict JSON in, checked and complete settings out, or every problem at once.
///
/// Reads files and blocks; not for an event loop.
package struct ConfigurationLoader {
    private let environment: [String: String]
    private let sha256: SHA256Function
    private let authorityInspector: AuthorityInspector
    private let inspector: CertificateInspector
    private let isReload: Bool

    /// - Parameters:
    ///   - environment: what `${NAME}` stands for.
    ///   - sha256: digests of the keys that clients may show.
    ///   - isReload: an edge runs with an older configuration, so that nothing may be waited for: a pipe, which may serve
    ///     at the start, is refused.
    ///   - inspector: looks at the certificates of listeners.
    ///   - authorityInspector: looks at the upstream's authorities.
    package init(
        environment: [String: String], sha256: @escaping SHA256Function, isReload: Bool = false,
        inspector: @escaping CertificateInspector = { _, _ in [] },
        authorityInspector: @escaping AuthorityInspector = { _ in true }
    ) {
        (self.environment, self.sha256, self.isReload) = (environment, sha256, isReload)
        (self.authorityInspector, self.inspector) = (authorityInspector, inspector)
    }

    /// - Parameter path: as it was given; messages name the file so.
    package func load(path: String) throws(ConfigurationProblems) -> LoadedConfiguration {
        try load(bytes: read(path), path: path, folder: FileAccess.folder(of: path))
    }

    /// Where the admin listener is, whatever is wrong with the rest of the file: an edge that runs may be asked while
    /// somebody edits it.
    ///
    /// - Returns: nil where the file does not say it so that it can be understood.
    package func adminAddress(path: String) -> ListenAddress? {
        guard let document = try? ConfigurationDocument(read(path)) else { return nil }
        let reader = reader(path)
        return Fields(document.root, SettingCatalog.settings, path: "", reader: reader)
            .flatMap { reader.admin($0, besides: []) }
    }

    /// Where the access log goes, whatever is wrong with the rest of the file, and whether or not this user may write
    /// it: who reads a log needs neither the edge's environment nor its rights.
    ///
    /// - Returns: nil where the file does not say it so that it can be understood.
    package func accessLogDestination(path: String) -> AccessLogSettings.Destination? {
        guard let document = try? ConfigurationDocument(read(path)) else { return nil }
        let reader = reader(path)
        guard let root = Fields(document.root, SettingCatalog.settings, path: "", reader: reader) else { return nil }
        guard root["accessLog"] != nil else { return AccessLogSettings().destination }
        guard let fields = root.fields("accessLog") else { return nil }
        return fields["path"].map(reader.accessLogDestination) ?? AccessLogSettings().destination
    }

    private func reader(_ path: String) -> ConfigurationReader { reader(folder: FileAccess.folder(of: path)) }

    private func reader(folder: String) -> ConfigurationReader {
        ConfigurationReader(
            environment: environment, sha256: sha256, authorityInspector: authorityInspector, inspector: inspector,
            folder: folder, isReload: isReload)
    }

    /// Where a listener is, written as in the file; nil for what is no such address.
    package static func listenAddress(_ text: String) -> ListenAddress? {
        try? AddressText.listen(text) { FileAccess.absolute($0, from: FileAccess.folder(of: ".")) }
    }

    private func read(_ path: String) throws(ConfigurationProblems) -> [UInt8] {
        do {
            return try FileAccess.read(path, maximumSize: ConfigurationDocument.maximumSize, waits: !isReload)
        } catch {
            let problem = ConfigurationProblem(
                file: path, position: nil, pointer: "", message: "The file cannot be read: \(error.reason).",
                suggestion: "Name a file that can be read with --config FILE.")
            throw ConfigurationProblems(path: path, problems: [problem])
        }
    }

    /// - Parameters:
    ///   - path: how messages name the file.
    ///   - folder: where relative paths start; absolute.
    package func load(
        bytes: [UInt8], path: String, folder: String
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let document: ConfigurationDocument
        do {
            document = try ConfigurationDocument(bytes)
        } catch {
            let position = TextPosition.positions(of: [error.offset], in: bytes).first
            let complaint = Self.complaint(about: error, in: bytes)
            let problem = ConfigurationProblem(
                file: path, position: position, pointer: "", message: complaint.message,
                suggestion: complaint.suggestion)
            throw ConfigurationProblems(path: path, problems: [problem])
        }
        let reader = reader(folder: folder)
        let settings = reader.settings(document)
        func located(_ findings: [ConfigurationReader.Finding]) -> [ConfigurationProblem] {
            let sorted = findings.sorted { $0.offset < $1.offset }
            let positions = TextPosition.positions(of: sorted.map(\.offset), in: bytes)
            return zip(sorted, positions).map { finding, position in
                ConfigurationProblem(
                    file: path, position: position, pointer: document.pointer(at: finding.offset),
                    message: finding.complaint.message, suggestion: finding.complaint.suggestion)
            }
        }
        guard let settings else {
            throw ConfigurationProblems(
                path: path, problems: located(reader.problems), warnings: located(reader.warnings))
        }
        return LoadedConfiguration(settings: settings, warnings: located(reader.warnings))
    }

    private static func complaint(about failure: JSONFailure, in bytes: [UInt8]) -> Complaint {
        let whitespace: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        if bytes.allSatisfy(whitespace.contains) {
            return Complaint(
                "This is not JSON: the file is empty.",
                "Write \(Fields.example(of: SettingCatalog.settings).compact).")
        }
        return Complaint("This is not JSON: \(failure.description).", suggestion(for: failure))
    }

    private static func suggestion(for failure: JSONFailure) -> String {
        if case .unexpectedByte(let byte, let expected) = failure.problem {
            let isBehindValue = expected.hasPrefix("','")
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "-"), 0x30...0x39,
                UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                if isBehindValue { return "Write a comma before it." }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                return isBehindValue
                    ? "Write the other bracket." : "Remove the comma before it, or write what is missing."
            case UInt8(ascii: "/"), UInt8(ascii: "#"): return "JSON has no comments; remove it."
            case UInt8(ascii: "'"): return "Strings and names stand in double quotes."
            default: break
            }
        }
        return "Correct the text here or just before."
    }
}

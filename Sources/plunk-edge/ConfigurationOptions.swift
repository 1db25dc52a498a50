import ArgumentParser
import EdgeConfiguration
import EdgeSystem
import EdgeTLS
import EdgeUpstream
import FoundationEssentials
import Glibc

/// `--config FILE`, and what every command does with it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.", completion: .file())
    var path: String

    /// For others, who may be in another folder.
    var absolutePath: String { path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)" }

    static var loader: ConfigurationLoader { loader(isReload: false) }

    static func loader(isReload: Bool) -> ConfigurationLoader {
        ConfigurationLoader(
            environment: ProcessInfo.processInfo.environment, sha256: SHA256.digest, isReload: isReload,
            inspector: { CertificateInspection.findings($0, address: $1, now: .now) },
            authorityInspector: Upstream.holdsAuthorities)
    }

    /// Reads the file, or says everything that is wrong with it and ends.
    func load(isReload: Bool = false) throws -> LoadedConfiguration { try Self.load(path: path, isReload: isReload) }

    static func load(path: String, isReload: Bool = false) throws -> LoadedConfiguration {
        do {
            return try loader(isReload: isReload).load(path: path)
        } catch {
            StandardError.write(ConfigurationReport(error).text(colour: Terminal.mayColour(STDERR_FILENO)))
            throw Exit.badConfiguration
        }
    }
}

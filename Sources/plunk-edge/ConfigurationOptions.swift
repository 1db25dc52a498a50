import ArgumentParser
import EdgeConfiguration
import EdgeTLS
import FoundationEssentials
import Glibc

/// `--config FILE`, and what every command does with it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: [.customLong("config"), .customShort("c")], help: "The configuration file.", completion: .file())
    var path: String

    static var loader: ConfigurationLoader {
        ConfigurationLoader(environment: ProcessInfo.processInfo.environment, sha256: SHA256.digest) {
            CertificateInspection.findings(certificate: $0, privateKey: $1).map {
                CertificateFinding(
                    isError: $0.severity == .error, message: $0.message, suggestion: $0.suggestion)
            }
        }
    }

    /// Reads the file, or says everything that is wrong with it and ends.
    func load() throws -> LoadedConfiguration { try Self.load(path: path) }

    static func load(path: String) throws -> LoadedConfiguration {
        do {
            return try loader.load(path: path)
        } catch {
            StandardError.write(ConfigurationReport(error).text(colour: mayColour(STDERR_FILENO)))
            throw Exit.badConfiguration
        }
    }
}

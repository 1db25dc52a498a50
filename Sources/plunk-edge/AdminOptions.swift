import ArgumentParser
import EdgeConfiguration
import EdgeCore

/// `--config FILE` or `--address ADDRESS`: which edge's admin listener a command asks.
struct AdminOptions: ParsableArguments {
    @Option(
        name: [.customLong("config"), .customShort("c")], help: "The configuration file of the edge.",
        completion: .file())
    var path: String?

    @Option(help: "Where its admin listener is, instead: 127.0.0.1:9090, or unix:/path.")
    var address: String?

    func validate() throws {
        if (path == nil) == (address == nil) { throw ValidationError("Give --config FILE or --address ADDRESS.") }
    }

    /// - Throws: the exit, after saying what is missing or wrong.
    func client() throws -> AdminClient {
        if let address { return AdminClient(address: try Self.listenAddress(address)) }
        let path = path ?? ""
        guard let admin = ConfigurationOptions.loader.adminAddress(path: path) else {
            _ = try ConfigurationOptions.load(path: path)
            throw Exit.failure(
                "\(path) has no admin listener to ask. Add \"admin\": {\"address\": \"127.0.0.1:9090\"}.",
                Exit.badConfiguration)
        }
        return AdminClient(address: admin)
    }

    /// What `--address` says, or the exit, after saying that it says nothing.
    static func listenAddress(_ text: String) throws -> ListenAddress {
        guard let address = ConfigurationLoader.listenAddress(text) else {
            throw Exit.failure("--address \(text) is not host:port or unix:/path.", Exit.wrongUsage)
        }
        return address
    }
}

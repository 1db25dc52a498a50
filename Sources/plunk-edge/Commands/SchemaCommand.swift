import ArgumentParser
import EdgeConfiguration

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the configuration, for editors.")

    func run() { print(ConfigurationSchema.text, terminator: "") }
}

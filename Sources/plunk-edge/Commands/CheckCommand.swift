import ArgumentParser
import EdgeConfiguration
import Glibc

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say everything that is wrong with a configuration file.",
        discussion: "Ends with 0 if the edge would start with it, else with 78.")

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print a JSON array of problems.")
    var json = false

    func run() throws {
        let report: ConfigurationReport
        do {
            report = ConfigurationReport(path: options.path, try ConfigurationOptions.loader.load(path: options.path))
        } catch {
            report = ConfigurationReport(error)
        }
        print(json ? report.json : report.text(colour: Terminal.mayColour(STDOUT_FILENO)), terminator: "")
        if !report.isAcceptable { throw Exit.badConfiguration }
    }
}

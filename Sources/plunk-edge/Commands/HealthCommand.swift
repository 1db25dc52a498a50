import ArgumentParser
import EdgeRecords

struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running edge whether it is ready.",
        discussion: """
            Asks /readyz of its admin listener ("admin.address" of the configuration) and prints what it says. Ends with \
            0 if it is ready, with 1 if not or if nobody answers within two seconds: what a container's HEALTHCHECK wants.
            """)

    @OptionGroup var options: AdminOptions

    @Flag(help: "Ask /livez: only whether the process works.")
    var live = false

    func run() throws {
        do {
            let answer = try options.client().get(live ? "/livez" : "/readyz")
            print(UnsafeCharacters.replaced(in: answer.body), terminator: "")
            if answer.status != 200 { throw Exit.notReady }
        } catch let failure as AdminClient.Failure {
            throw Exit.failure("\(failure)", Exit.notReady)
        }
    }
}

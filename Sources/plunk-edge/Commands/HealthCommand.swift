import ArgumentParser
import EdgeRecords

struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running edge whether it is ready.",
        discussion: """
            Asks /readyz of its admin listener ("admin.address" of the configuration) and prints what it says. Ends with \
            0 if it is ready, with 1 if not or if nobody answers within two seconds. A container's HEALTHCHECK should \
            ask with --live: an outage of Plunk is no reason to replace it.
            """)

    @OptionGroup var options: AdminOptions

    @Flag(help: "Ask /livez: only whether the process works.")
    var live = false

    func run() throws {
        do {
            let client = try options.client()
            let answer = try client.get(live ? "/livez" : "/readyz")
            // A stranger's answer is not for this terminal.
            guard isOfEdge(answer) else { throw client.stranger }
            print(UnsafeCharacters.replaced(in: answer.body), terminator: "")
            if answer.status != 200 { throw Exit.unsuccessful }
        } catch let failure as AdminClient.Failure {
            throw Exit.failure("\(failure)", Exit.unsuccessful)
        }
    }
}

extension HealthCommand {
    private func isOfEdge(_ answer: AdminClient.Answer) -> Bool {
        if answer.status == 200 { return answer.body == (live ? "ok\n" : "ready\n") }
        let hindrances = answer.body.split(separator: "\n")
        return answer.status == 503 && !hindrances.isEmpty
            && hindrances.allSatisfy { $0.hasPrefix(live ? "not live: " : "not ready: ") }
    }
}

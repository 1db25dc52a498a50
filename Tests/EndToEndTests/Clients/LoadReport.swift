import EdgeTestSupport

/// What h2load says at its end.
struct LoadReport: Equatable {
    var succeeded = 0
    var failed = 0
    /// Answers by the first digit of their status.
    var accepted = 0
    var others = 0

    init(succeeded: Int) { (self.succeeded, accepted) = (succeeded, succeeded) }

    /// Waits for the end of h2load.
    init(of process: ChildProcess, atMost span: Duration = .seconds(120)) throws {
        let status = try process.waitForExit(atMost: span)
        let text = try process.output.waitForEnd()
        let requests = /(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/
        let statuses = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/
        guard status == 0, let requests = text.firstMatch(of: requests)?.output,
            let statuses = text.firstMatch(of: statuses)?.output
        else { throw Overdue("h2load ended with \(status): \(text) \(process.errors.text)") }
        func sum(_ numbers: Substring...) -> Int { numbers.reduce(0) { $0 + (Int($1) ?? 0) } }
        succeeded = sum(requests.1)
        failed = sum(requests.2, requests.3, requests.4)
        accepted = sum(statuses.1)
        others = sum(statuses.2, statuses.3, statuses.4)
    }
}

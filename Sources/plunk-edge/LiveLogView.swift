import EdgeRecords
import EdgeSystem
import Glibc

/// Shows an access log while it is written: the log's thread writes into a pipe, a thread of this view's own shows what
/// comes out of it.
struct LiveLogView {
    /// The descriptor for the access log.
    let input: Int32
    private let output: Int32
    private let finished: AsyncStream<Void>
    private let finishing: AsyncStream<Void>.Continuation

    /// - Returns: nil when there are no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (output, input) = (ends[0], ends[1])
        (finished, finishing) = AsyncStream.makeStream()
    }

    /// Begins to show, until ``finish()`` or until nobody reads standard output.
    func show() throws {
        var options = LogsViewer.Options()
        options.columns = Terminal.columns(of: STDOUT_FILENO)
        options.coloured = Terminal.mayColour(STDOUT_FILENO)
        let viewer = LogsViewer(options)
        do {
            try DetachedThread.start("log-view") { [output, finishing] in
                // Nobody is left to be told of a failure: what it shows on is gone.
                _ = try? viewer.run(input: output, name: "the log", output: STDOUT_FILENO) { _ in }
                finishing.finish()
            }
        } catch {
            throw Exit.failure("the thread that shows the log cannot be started: \(error)", Exit.systemFailure)
        }
    }

    /// Shows what is left. The access log has stopped before.
    func finish() async {
        close(input)
        for await _ in finished {}
    }
}

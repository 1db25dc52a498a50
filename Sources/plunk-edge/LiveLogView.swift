import EdgeRecords
import Foundation

/// Shows an access log while it is written: the log's thread writes into a pipe, a thread of this view's own shows what
/// comes out of it.
struct LiveLogView {
    private let pipe: Pipe
    private let finished: AsyncStream<Void>
    private let finishing: AsyncStream<Void>.Continuation

    init() {
        pipe = Pipe()
        (finished, finishing) = AsyncStream.makeStream()
    }

    /// The descriptor for the access log.
    var input: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    /// Begins to show, until ``finish()`` or until nobody reads standard output.
    func show() {
        var options = LogsViewer.Options()
        options.columns = LogsViewer.columns(of: STDOUT_FILENO)
        options.coloured = mayColour(STDOUT_FILENO)
        let viewer = LogsViewer(options)
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        Thread.detachNewThread { [finishing] in
            // Nobody is left to be told of a failure: what it shows on is gone.
            _ = try? viewer.run(input: descriptor, output: STDOUT_FILENO)
            finishing.finish()
        }
    }

    /// Shows what is left. The access log has stopped before.
    func finish() async {
        try? pipe.fileHandleForWriting.close()
        for await _ in finished {}
    }
}

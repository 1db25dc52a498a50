internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore
internal import NIOHTTP1

/// `/events`: those who look at the live records, as server-sent events (HTML standard, section 9.2). Every tenth of a
/// second each gets what is new for it and fits. Whoever does not read gets nothing more, is told later how many records
/// went without it, and is given up after a while. Confined to the admin loop.
final class RecordStreams {
    private static let interval = TimeAmount.milliseconds(100)

    private let eventLoop: any EventLoop
    private let feed: RecordFeed
    /// Tells this process's records from those of one that was here before.
    private let process: Int64
    private var streams: [RecordStream] = []
    private var next: Scheduled<Void>?

    init(eventLoop: any EventLoop, feed: RecordFeed, started: WallTime) {
        (self.eventLoop, self.feed, process) = (eventLoop, feed, started.milliseconds)
    }

    func answer(_ request: AdminRequest, _ answer: AdminRoute.Answer) {
        let last = request.headers.first(name: "Last-Event-ID")
        answer(
            AdminResponse(contentType: "text/event-stream") { [self] connection in
                let stream = RecordStream(connection, feed: feed, process: process, lastEvent: last)
                streams.append(stream)
                connection.ended = { self.streams.removeAll { $0 === stream } }
                stream.begin(at: Instant.now)
                schedule()
            })
    }

    private func schedule() {
        guard next == nil, !streams.isEmpty else { return }
        next = eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.next = nil
            for stream in self.streams { stream.proceed(at: Instant.now) }
            self.streams.removeAll(where: \.isGivenUp)
            self.schedule()
        }
    }
}

@available(*, unavailable)
extension RecordStreams: Sendable {}

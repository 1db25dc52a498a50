internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore

/// What the traffic loops say of themselves when they are asked. A loop that does not answer in time is not waited for:
/// what it said last stands for it, so that no counter goes back. Confined to the admin loop.
final class LoopReadings {
    private struct Loop {
        var latest: LoopReading?
        /// When it was asked, if it has not answered since. It is not asked twice.
        var askedAt: Instant?
    }

    /// How long a round waits for the slowest loop. Less than the second that probes give by default.
    private static let patience = TimeAmount.milliseconds(500)

    private let eventLoop: any EventLoop
    private let services: EventLoopServices
    private var loops: [Loop]
    private var waiting: [() -> Void] = []
    /// Those who came while a round was under way, and might miss in it what has happened since.
    private var next: [() -> Void] = []
    private var deadline: Scheduled<Void>?

    init(eventLoop: any EventLoop, loops services: EventLoopServices) {
        (self.eventLoop, self.services) = (eventLoop, services)
        loops = Array(repeating: Loop(), count: services.count)
    }

    /// Of each loop what it said last.
    var all: [LoopReading] { loops.compactMap(\.latest) }

    /// Since when the loop has not answered that has been silent longest; nil when all have.
    var silentSince: Instant? { loops.compactMap(\.askedAt).min() }

    /// Asks all loops, then calls `completion` on the admin loop.
    func refresh(_ completion: @escaping () -> Void) {
        guard waiting.isEmpty else { return next.append(completion) }
        waiting = [completion]
        ask()
    }

    private func ask() {
        deadline = eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { self.endRound() }
        let own = NIOLoopBound(self, eventLoop: eventLoop)
        let (eventLoop, now) = (eventLoop, Instant.now)
        for index in loops.indices where loops[index].askedAt == nil {
            loops[index].askedAt = now
            services.ask(index) { services in
                let reading = services.reading
                eventLoop.execute { own.value.answered(index, reading) }
            }
        }
    }

    private func answered(_ index: Int, _ reading: LoopReading) {
        loops[index] = Loop(latest: reading)
        if silentSince == nil { endRound() }
    }

    private func endRound() {
        deadline?.cancel()
        deadline = nil
        let told = waiting
        (waiting, next) = (next, [])
        if !waiting.isEmpty { ask() }
        for completion in told { completion() }
    }
}

@available(*, unavailable)
extension LoopReadings: Sendable {}

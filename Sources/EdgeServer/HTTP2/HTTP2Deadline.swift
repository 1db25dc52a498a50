internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore

/// One HTTP/2 connection's deadline: the earliest of its streams', or the connection's own where it has none. Confined to
/// the connection's event loop.
final class HTTP2Deadline {
    private let services: LoopServices
    private let deadline: LazyDeadline
    private var state: HTTP2ConnectionMachine.State?
    /// How many requests there had been at the last change: many are answered before anything else happens.
    private var requests = 0
    private var hadStreams = false
    /// When the last request came.
    private var asked = Instant.now
    /// When the connection came into its state, or was last asked or answered.
    private var began = Instant.now
    /// When that has lasted too long, streams aside.
    private var own: Instant?
    /// Since when a frame, or a head in several, has not come whole, and how many had before it.
    private(set) var unfinishedSince: Instant?
    private var endedFrames = 0
    /// When it has had enough time, where nothing else is under way.
    private var frame: Instant?
    private var wasUnwritable = false
    /// When the client has had enough time to take what it is sent.
    private var write: Instant?

    /// - Parameter passed: called on the loop when one of them has passed, or somebody else wants the place.
    init(_ deadline: LazyDeadline, _ services: LoopServices, passed: @escaping (LazyDeadline.Ending) -> Void) {
        (self.deadline, self.services) = (deadline, services)
        deadline.action = passed
    }

    /// To be called when anything has changed.
    ///
    /// - Parameter unwritable: since when the client has not taken what it is sent, all of it; nil if it has.
    func refresh(
        _ machine: HTTP2ConnectionMachine, _ streams: HTTP2Streams.Total, _ unfinished: UnfinishedFrame,
        unwritable: Instant?
    ) {
        if machine.totalStreams != requests { asked = Instant.now }
        let isBusy = !streams.isEmpty || hadStreams || machine.totalStreams != requests
        // At the end the client has its time once it has taken what it was sent.
        let hasTaken = machine.state == .ending && write != nil && unwritable == nil
        if machine.state != state || (machine.state == .open && isBusy) || hasTaken { began = Instant.now }
        (state, requests, hadStreams) = (machine.state, machine.totalStreams, !streams.isEmpty)
        own =
            switch machine.state {
            case .open, .left:
                streams.isEmpty ? began.advanced(by: services.snapshot.settings.connections.idleTimeout) : nil
            case .ending where unwritable != nil: nil
            case .leaving, .ending: began.advanced(by: ClientConnection.lingerTimeout)
            case .closed: nil
            }
        refreshFrame(
            unfinished, mayEnd: streams.isEmpty && (machine.state == .open || machine.state == .left),
            isUnwritable: unwritable != nil)
        write = unwritable?.advanced(by: services.snapshot.settings.connections.writeTimeout)
        deadline.set(
            [own, frame, write, streams.deadline].compactMap { $0 }.min().map(NIODeadline.init) ?? .distantFuture,
            since: streams.isEmpty ? began : streams.waitingSince.map { max($0, asked) })
    }

    /// - Parameter isUnwritable: the rest may have come long ago, and be read only when the client takes its answers.
    private func refreshFrame(_ unfinished: UnfinishedFrame, mayEnd: Bool, isUnwritable: Bool) {
        if unfinished.size == 0 {
            unfinishedSince = nil
        } else if unfinishedSince == nil || unfinished.ended != endedFrames || isUnwritable || wasUnwritable {
            unfinishedSince = Instant.now
        }
        (endedFrames, wasUnwritable) = (unfinished.ended, isUnwritable)
        let patience = services.snapshot.settings.connections.headerTimeout
        frame = mayEnd && !isUnwritable ? unfinishedSince?.advanced(by: patience) : nil
    }

    /// Whether a frame, or a head in several, had its time to come whole.
    func isFrameOver(at now: Instant) -> Bool { frame.map { $0 <= now } ?? false }

    /// Whether the time for the client to take what it is sent is over.
    func isWriteOver(at now: Instant) -> Bool { write.map { $0 <= now } ?? false }

    /// Whether the connection's own time is over.
    func isOver(at now: Instant) -> Bool { own.map { $0 <= now } ?? false }

    /// Ends it for good.
    func invalidate() { deadline.invalidate() }
}

@available(*, unavailable)
extension HTTP2Deadline: Sendable {}

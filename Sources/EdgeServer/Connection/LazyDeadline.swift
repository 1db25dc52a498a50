internal import EdgeCore
internal import NIOCore

/// One connection's deadline. Moving it later costs a store: the scheduled task looks at the deadline when it runs and
/// waits on if it came too early, so a busy connection schedules one task in a minute and not one for each request.
///
/// Confined to its event loop.
final class LazyDeadline {
    private let eventLoop: any EventLoop
    private var deadline = NIODeadline.distantFuture
    private var began: Instant?
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?
    /// Called on the loop when the wait is over, once for each ``set(_:since:)``.
    var action: ((Ending) -> Void)?
    private var isEnded = false

    /// Why a wait is over.
    enum Ending {
        case timePassed
        /// Somebody else wants the place.
        case cutShort
    }

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Since when the client has been waited for; nil while it is not.
    var waitingSince: Instant? { deadline == .distantFuture ? nil : began }

    /// Replaces the deadline; `distantFuture` takes it away.
    ///
    /// - Parameter began: when the wait began that it ends; nil if that wait may not be cut short.
    func set(_ deadline: NIODeadline, since began: Instant?) {
        guard !isEnded else { return }
        (self.deadline, self.began) = (deadline, began)
        guard deadline < (scheduled?.at ?? .distantFuture) else { return }
        scheduled?.task.cancel()
        schedule()
    }

    /// Ends the wait now, if there is one, as if its deadline had passed: somebody else wants the place.
    func cutShort() {
        guard deadline != .distantFuture else { return }
        deadline = .distantFuture
        action?(.cutShort)
    }

    /// Ends it for good and lets go of whatever the action holds.
    func invalidate() {
        isEnded = true
        scheduled?.task.cancel()
        scheduled = nil
        action = nil
    }

    private func schedule() {
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.wake() }
        scheduled = (task, deadline)
    }

    private func wake() {
        scheduled = nil
        guard deadline != .distantFuture else { return }
        if deadline > .now() {
            schedule()
        } else {
            deadline = .distantFuture
            action?(.timePassed)
        }
    }
}

extension NIODeadline {
    /// Both count from the same start, the monotonic clock's.
    init(_ instant: Instant) { self = .uptimeNanoseconds(UInt64(clamping: instant.nanoseconds)) }
}

@available(*, unavailable)
extension LazyDeadline: Sendable {}

internal import EdgeCore
private import NIOCore

extension Instant {
    /// CLOCK_MONOTONIC, the clock that NIO's deadlines are on.
    static var now: Instant {
        Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds))
    }
}

internal import EdgeCore
internal import Glibc
internal import NIOCore

/// The clocks of the process, read in one place. Any thread.
enum Clock {
    static var now: Instant { Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    static var wallTime: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension NIODeadline {
    static func + (deadline: NIODeadline, span: Instant.Span) -> NIODeadline {
        deadline + TimeAmount.nanoseconds(span.nanoseconds)
    }
}

package import EdgeCore
private import Glibc

/// The kernel's clocks (clock_gettime(2)), of which the monotonic one is also that of NIO's deadlines. Any thread.
package enum SystemClock {
    package static var now: Instant { Instant(nanoseconds: nanoseconds(CLOCK_MONOTONIC)) }

    package static var wallTime: WallTime { WallTime(milliseconds: nanoseconds(CLOCK_REALTIME) / 1_000_000) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

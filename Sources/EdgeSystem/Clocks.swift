package import EdgeCore
private import Glibc

extension Instant {
    /// The monotonic clock's, which is also that of NIO's deadlines (clock_gettime(2)). Any thread.
    package static var now: Instant { Instant(nanoseconds: reading(of: CLOCK_MONOTONIC)) }

    /// The same clock's, if it went on while the machine slept.
    package static var nowWithSleep: Instant { Instant(nanoseconds: reading(of: CLOCK_BOOTTIME)) }
}

extension WallTime {
    /// The calendar's, which can be set. Any thread.
    package static var now: WallTime { WallTime(milliseconds: reading(of: CLOCK_REALTIME) / 1_000_000) }
}

/// In nanoseconds.
private func reading(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

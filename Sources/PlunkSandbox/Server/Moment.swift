internal import EdgeCore
internal import Glibc

/// When something happened, by both clocks.
struct Moment: Sendable {
    var instant: Instant
    var wallTime: WallTime

    /// The present, by the system's clocks.
    static var now: Moment {
        let (uptime, calendar) = (read(CLOCK_MONOTONIC), read(CLOCK_REALTIME))
        return Moment(
            instant: Instant(nanoseconds: Int64(uptime.tv_sec) * 1_000_000_000 + Int64(uptime.tv_nsec)),
            wallTime: WallTime(milliseconds: Int64(calendar.tv_sec) * 1000 + Int64(calendar.tv_nsec) / 1_000_000))
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

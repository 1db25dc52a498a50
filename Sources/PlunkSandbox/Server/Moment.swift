internal import EdgeCore
private import EdgeSystem

/// When something happened, by both clocks.
struct Moment: Sendable {
    var instant: Instant
    var wallTime: WallTime

    /// The present, by the system's clocks.
    static var now: Moment { Moment(instant: .now, wallTime: .now) }
}

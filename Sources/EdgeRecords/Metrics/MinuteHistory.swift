package import EdgeCore

/// The last hour, minute by minute, from figures that only grow: whoever gathers them notes them every few seconds. Pure;
/// belongs to the admin listener's loop.
package struct MinuteHistory: Sendable {
    /// Minutes that are kept, the one that runs included.
    package static let length = 60

    package struct Minute: Equatable, Sendable {
        package var start: WallTime
        package var figures: RequestFigures
    }

    struct Sample {
        let time: WallTime
        let figures: RequestFigures
    }

    private static let minute: Int64 = 60_000
    private static let second: Int64 = 1000

    /// Minutes that are over, the oldest first; none is missing between two.
    private var past: [Minute] = []
    /// Figures when the minute that runs began, and when that was.
    private var start: Sample
    /// What was noted in the last minute, and the last before that.
    private(set) var recent: [Sample]
    private var latest: RequestFigures

    /// - Parameter figures: what there was before; it is in no minute.
    package init(_ figures: RequestFigures, at time: WallTime) {
        recent = [Sample(time: time, figures: figures)]
        latest = figures
        start = Sample(time: Self.startOfMinute(time), figures: figures)
    }

    /// Notes what has been counted by now. What came since the last note counts for that one's minute, so the clock may
    /// jump and notes may be late.
    package mutating func note(_ figures: RequestFigures, at time: WallTime) {
        latest = figures
        noteRecent(Sample(time: time, figures: figures))
        let begun = Self.startOfMinute(time)
        // A clock that was set back: the minute that runs goes on.
        guard begun > start.time else { return setBack(to: begun) }
        let ended = figures.since(start.figures)
        past.append(Minute(start: start.time, figures: ended))
        let missing = (begun.milliseconds - start.time.milliseconds) / Self.minute - 1
        for ago in stride(from: min(missing, Int64(Self.length)), to: 0, by: -1) {
            let time = WallTime(milliseconds: begun.milliseconds - ago * Self.minute)
            past.append(Minute(start: time, figures: ended.since(ended)))
        }
        past.removeFirst(max(0, past.count - (Self.length - 1)))
        start = Sample(time: begun, figures: figures)
    }

    /// By more than a minute: what was counted was counted when the clock was wrong, and moves with it.
    private mutating func setBack(to begun: WallTime) {
        let span = start.time.milliseconds - begun.milliseconds
        guard span > Self.minute else { return }
        for index in past.indices { past[index].start.milliseconds -= span }
        start = Sample(time: begun, figures: start.figures)
    }

    private mutating func noteRecent(_ sample: Sample) {
        if let last = recent.last, sample.time < last.time {
            recent = [Sample(time: sample.time, figures: last.figures)]
        }
        // However often somebody asks: one a second is kept, and the last.
        if let last = recent.indices.last, last > 0,
            sample.time.milliseconds - recent[last - 1].time.milliseconds < Self.second
        {
            recent[last] = sample
        } else {
            recent.append(sample)
        }
        while recent.count > 1, recent[1].time.milliseconds <= sample.time.milliseconds - Self.minute {
            recent.removeFirst()
        }
    }

    /// The oldest first; the last is the one that runs, as far as it was noted.
    package var minutes: [Minute] { past + [Minute(start: start.time, figures: running)] }

    /// All of ``minutes`` together.
    package var hour: RequestFigures {
        past.reduce(running) { $0 + $1.figures }
    }

    /// The last sixty seconds, up to the interval of notes more.
    package var lastMinute: RequestFigures { latest.since(recent.first?.figures ?? latest) }

    private var running: RequestFigures { latest.since(start.figures) }

    private static func startOfMinute(_ time: WallTime) -> WallTime {
        WallTime(milliseconds: time.milliseconds.flooredQuotient(dividingBy: minute) * minute)
    }
}

/// A reading of a clock that never goes back, in nanoseconds since an arbitrary start. Passed in wherever time matters:
/// nothing in EdgeCore reads a clock.
package struct Instant: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Nanoseconds from `earlier` to this instant; 0 if `earlier` is later.
    package func nanoseconds(since earlier: Instant) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? 0 : max(0, difference)
    }

    /// This instant moved by a span; stays at the end of time instead of overflowing.
    package func advanced(by span: Span) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// A span of time, in nanoseconds: what the configuration writes as `"250ms"`.
    package struct Span: Comparable, Hashable, Sendable {
        package var nanoseconds: Int64

        package static func nanoseconds(_ count: Int64) -> Span { Span(nanoseconds: count) }
        package static func milliseconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000) }
        package static func microseconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1000) }
        package static func seconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
        package static let zero = Span(nanoseconds: 0)

        package static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
    }
}

/// A reading of the calendar's clock: milliseconds since 1970-01-01T00:00:00Z.
package struct WallTime: Comparable, Hashable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }
}

extension Int64 {
    /// The quotient rounded down, also before 1970.
    package func flooredQuotient(dividingBy divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

import EdgeCore
import Testing

@testable import EdgeTLS

/// What is said of a certificate's time, and when it is said again.
@Suite struct ExpiryTests {
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 24 * hour

    /// Valid from day 0 to day 90.
    private static let validity = CertificateValidity(
        notBefore: WallTime(milliseconds: 0), notAfter: WallTime(milliseconds: 90 * day))

    private static func time(beforeEnd: Int64) -> WallTime { WallTime(milliseconds: 90 * day - beforeEnd) }

    static let complaints: [(now: WallTime, isError: Bool?, message: String?)] = [
        (WallTime(milliseconds: -1), true, "The certificate \"edge.pem\" is not valid before 1 minute from now."),
        (WallTime(milliseconds: -day - 1), true, "The certificate \"edge.pem\" is not valid before 2 days from now."),
        (WallTime(milliseconds: 0), nil, nil), (time(beforeEnd: 21 * day), nil, nil),
        (time(beforeEnd: 21 * day - 1), false, "The certificate \"edge.pem\" expires in 21 days."),
        (time(beforeEnd: 7 * day + 1), false, "The certificate \"edge.pem\" expires in 8 days."),
        (time(beforeEnd: day), false, "The certificate \"edge.pem\" expires in 1 day."),
        (time(beforeEnd: day - 1), false, "The certificate \"edge.pem\" expires in 24 hours."),
        (time(beforeEnd: 1), false, "The certificate \"edge.pem\" expires in 1 minute."),
        (time(beforeEnd: 0), true, "The certificate \"edge.pem\" expired 1 minute ago."),
        (time(beforeEnd: -25 * hour), true, "The certificate \"edge.pem\" expired 2 days ago."),
    ]

    @Test(
        "A certificate is complained about 21 days before its end, after it, and before its beginning",
        arguments: complaints)
    func complaint(now: WallTime, isError: Bool?, message: String?) {
        let complaint = Self.validity.complaint(about: "edge.pem", at: now)
        #expect(complaint?.isError == isError)
        #expect(complaint?.message == message)
    }

    struct Step: Sendable {
        /// Which certificate there is by then.
        var validity: CertificateValidity
        var now: WallTime
        var hasNews: Bool

        /// - Parameter days: left until the end of the certificate.
        init(_ days: Double, _ hasNews: Bool, renewed: Int64 = 0) {
            validity = ExpiryTests.validity
            validity.notAfter.milliseconds += renewed * day
            now = WallTime(milliseconds: validity.notAfter.milliseconds - Int64(days * Double(day)))
            self.hasNews = hasNews
        }
    }

    static let schedules: [(start: Double, steps: [Step])] = [
        // Each threshold once.
        (
            60,
            [
                Step(21, false), Step(20.9, true), Step(20.8, false), Step(7, false), Step(6.9, true), Step(1, false),
                Step(0.9, true), Step(0.1, false), Step(0, true), Step(-1, false), Step(-100, false),
            ]
        ),
        // The start has told what was true then.
        (20, [Step(20, false), Step(8, false), Step(6, true)]), (5, [Step(5, false), Step(0.5, true)]),
        (0.5, [Step(0.4, false), Step(-1, true)]),
        // Whoever slept through a threshold hears of the last one only.
        (60, [Step(0.5, true), Step(0.4, false)]), (60, [Step(-3, true), Step(-4, false)]),
        // A clock that is set back repeats nothing.
        (60, [Step(6, true), Step(30, false), Step(6, false), Step(0.5, true)]),
        // A renewal is a new beginning, one that ends soon is told at once, and once.
        (5, [Step(90, false, renewed: 90), Step(20, true, renewed: 90), Step(19, false, renewed: 90)]),
        (5, [Step(6, true, renewed: 1), Step(5.9, false, renewed: 1), Step(0.5, true, renewed: 1)]),
        (5, [Step(90, false, renewed: 90), Step(4, true)]),
    ]

    @Test("While the edge runs each thing is said once for each certificate", arguments: schedules)
    func schedule(start: Double, steps: [Step]) {
        var schedule = ExpirySchedule(Self.validity, now: Step(start, false).now)
        #expect(steps.map { schedule.hasNews($0.validity, now: $0.now) } == steps.map(\.hasNews))
    }
}

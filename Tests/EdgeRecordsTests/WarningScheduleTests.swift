import EdgeCore
import Testing

@testable import EdgeRecords

@Suite struct WarningScheduleTests {
    static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test("The first loss is told at once, the next after ten seconds, with all that was lost between")
    func interval() {
        var schedule = WarningSchedule()
        #expect(schedule.warning(dropped: 0, at: Self.at(100)) == nil)
        #expect(schedule.warning(dropped: 3, at: Self.at(100)) == AccessLogWarning(dropped: 3, failure: nil))
        #expect(schedule.warning(dropped: 5, at: Self.at(109)) == nil)
        #expect(schedule.warning(dropped: 9, at: Self.at(110)) == AccessLogWarning(dropped: 6, failure: nil))
        #expect(schedule.warning(dropped: 9, at: Self.at(200)) == nil)
    }

    @Test("A failure is told before anything is lost, once per interval")
    func failures() {
        let failure = AccessLogFailure(action: .write(path: nil), code: 28)
        var schedule = WarningSchedule()
        schedule.noticed(failure)
        #expect(schedule.warning(dropped: 0, at: Self.at(0)) == AccessLogWarning(dropped: 0, failure: failure))
        schedule.noticed(failure)
        #expect(schedule.warning(dropped: 0, at: Self.at(1)) == nil)
        #expect(schedule.warning(dropped: 1, at: Self.at(10)) == AccessLogWarning(dropped: 1, failure: failure))
        #expect(schedule.warning(dropped: 1, at: Self.at(20)) == nil)
    }

    @Test("That lines are written again is told once, and only after it was told that they could not")
    func written() {
        var schedule = WarningSchedule()
        #expect(schedule.written(dropped: 0) == nil)
        schedule.noticed(AccessLogFailure(action: .rotate(path: "/log"), code: 13))
        #expect(schedule.warning(dropped: 0, at: Self.at(0)) != nil)
        #expect(schedule.written(dropped: 0) == nil, "lines went on to be written")
        let failure = AccessLogFailure(action: .write(path: "/log"), code: 28)
        schedule.noticed(failure)
        #expect(schedule.written(dropped: 0) == nil, "nobody was told")
        #expect(schedule.warning(dropped: 0, at: Self.at(10)) == nil, "and nothing was lost")
        schedule.noticed(failure)
        #expect(schedule.warning(dropped: 2, at: Self.at(10)) == AccessLogWarning(dropped: 2, failure: failure))
        schedule.noticed(failure)
        let word = schedule.written(dropped: 5)
        #expect(word?.description == "the access log is written again; 3 records were dropped")
        #expect(schedule.written(dropped: 5) == nil)
        #expect(schedule.warning(dropped: 5, at: Self.at(30)) == nil, "what is over is not told again")
        schedule.noticed(failure)
        #expect(schedule.warning(dropped: 5, at: Self.at(31)) == AccessLogWarning(dropped: 0, failure: failure))
        #expect(schedule.written(dropped: 5)?.description == "the access log is written again")
    }

    @Test("Warnings say what happened and how much it cost")
    func texts() {
        let full = AccessLogFailure(action: .write(path: nil), code: 28)
        let gone = AccessLogFailure(action: .open(path: "/var/log/edge.log"), code: 2)
        #expect(
            AccessLogWarning(dropped: 0, failure: full).description
                == "the access log cannot be written: No space left on device")
        #expect(
            AccessLogFailure(action: .write(path: "/var/log/edge.log"), code: 28).description
                == "the access log /var/log/edge.log cannot be written: No space left on device")
        #expect(
            AccessLogWarning(dropped: 1, failure: gone).description
                == "the access log /var/log/edge.log cannot be opened: No such file or directory; 1 record was dropped")
        #expect(
            AccessLogWarning(dropped: 2, failure: nil).description
                == "the access log is not read or written fast enough; 2 records were dropped")
    }
}

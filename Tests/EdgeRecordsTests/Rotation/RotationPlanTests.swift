@testable import EdgeRecords
import EdgeCore
import Testing

@Suite struct RotationPlanTests {
    private static func file(_ second: Int, _ ending: String = "") -> String {
        "access.log.20261126T01420\(second).123Z\(ending)"
    }

    @Test("A rotated file's name says when, sorts by age, and has three forms")
    func names() throws {
        let time = WallTime(milliseconds: 1_795_657_325_123)
        #expect(RotatedName.stamp(at: time) == "20261126T014205.123Z")
        let forms: [(String, RotatedName.Form)] = [("", .plain), (".gz", .compressed), (".gz.partial", .partial)]
        for (ending, form) in forms {
            let name = try #require(
                RotatedName("access.log." + RotatedName.stamp(at: time) + ending, log: "access.log"))
            #expect((name.time, name.form) == (time, form))
        }
    }

    @Test(
        "What is not exactly ours is nobody's to touch",
        arguments: [
            "access.log", "access.log.1", "access.log.2.gz", "access.log-20261126.gz", "access.log.old",
            "access.log.20261126T014205.123Z.bz2", "access.log.20261126T014205.123Z.gz.gz",
            "access.log.20261126T014205Z",
            "access.log.20261126T014205.123Z~", "access.log.20261126T014205,123Z", "access.log.20261326T014205.123Z",
            "access.log.20260230T014205.123Z", "access.log.20261126T254205.123Z", "other.log.20261126T014205.123Z",
            "xaccess.log.20261126T014205.123Z", "access.log20261126T014205.123Z",
            "access.log.20261126T014205.12\u{663}Z",
            "access.log.20261126T014205.123", "access.log.", "",
        ])
    func others(_ name: String) {
        #expect(RotatedName(name, log: "access.log") == nil)
        #expect(RotationPlan([name], log: "access.log", keep: 0) == RotationPlan([], log: "access.log", keep: 0))
    }

    @Test("A log is rotated behind all others, as far as names can say so")
    func times() throws {
        func time(_ text: String) throws -> WallTime { try #require(WallTime(iso8601: text)) }
        func next(_ stamps: String...) throws -> WallTime {
            RotatedName.time(
                for: "access.log", among: ["access.log", "other"] + stamps.map { "access.log.\($0)" },
                at: try time("2026-11-26T01:42:05.123Z"))
        }
        #expect(try next() == time("2026-11-26T01:42:05.123Z"))
        #expect(try next("20251126T014205.123Z.gz", "20241126T014205.123Z") == time("2026-11-26T01:42:05.123Z"))
        #expect(try next("20261126T014205.123Z.gz") == time("2026-11-26T01:42:05.124Z"))
        #expect(try next("20281231T235959.999Z.gz.partial", "20271126T014205.123Z") == time("2029-01-01T00:00:00.000Z"))
        #expect(try next("99991231T235959.998Z") == time("9999-12-31T23:59:59.999Z"))
        #expect(try next("99991231T235959.999Z") == time("2026-11-26T01:42:05.123Z"))
        #expect(try RotatedName.time(after: time("9999-12-31T23:59:59.999Z")) == nil)
    }

    @Test("Names are compared as bytes: a letter and its accent are not the letter with one")
    func bytes() {
        let stamp = RotatedName.stamp(at: WallTime(milliseconds: 0))
        #expect(RotatedName("caf\u{e9}.log.\(stamp)", log: "caf\u{e9}.log") != nil)
        #expect(RotatedName("cafe\u{301}.log.\(stamp)", log: "caf\u{e9}.log") == nil)
    }

    @Test("The oldest beyond those kept are removed, compressed or not; the others are compressed, the oldest first")
    func keep() {
        let files = [Self.file(4), "access.log", Self.file(1, ".gz"), Self.file(3), Self.file(2), "access.log.1"]
        let plan = RotationPlan(files, log: "access.log", keep: 2)
        #expect(plan.removed == [Self.file(1, ".gz"), Self.file(2)])
        #expect(plan.compressed == [Self.file(3), Self.file(4)])
        let all = RotationPlan(files, log: "access.log", keep: 10)
        #expect(all.removed.isEmpty)
        #expect(all.compressed == [Self.file(2), Self.file(3), Self.file(4)])
        let none = RotationPlan(files, log: "access.log", keep: 0)
        #expect(none.removed == [Self.file(1, ".gz"), Self.file(2), Self.file(3), Self.file(4)])
        #expect(none.compressed.isEmpty)
    }

    @Test("What a crash left behind is finished: a file in two forms counts once, and half a form is no file")
    func leftovers() {
        // Cut off while compressing, before removing the plain form, and after somebody removed the plain form.
        let files = [
            Self.file(1), Self.file(1, ".gz.partial"), Self.file(2), Self.file(2, ".gz"), Self.file(3, ".gz.partial"),
        ]
        let plan = RotationPlan(files, log: "access.log", keep: 2)
        #expect(plan.removed == [Self.file(3, ".gz.partial")])
        #expect(plan.compressed == [Self.file(1), Self.file(2)])
        let one = RotationPlan(files, log: "access.log", keep: 1)
        #expect(one.removed == [Self.file(1), Self.file(1, ".gz.partial"), Self.file(3, ".gz.partial")])
        #expect(one.compressed == [Self.file(2)])
    }
}

import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct CrowdingTests {
    private static let now = Instant(nanoseconds: 100_000_000_000)

    private func secondsAgo(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: Self.now.nanoseconds - seconds * 1_000_000_000)
    }

    @Test("The longest waits end first, one in 64 at a time; short ones do not")
    func choice() {
        let crowding = Crowding()
        let waiting = [("a", 4), ("b", 9), ("c", 60), ("d", 5)].map { (since: secondsAgo($0.1), connection: $0.0) }
        #expect(crowding.choose(from: waiting, at: Self.now) == ["c"])
        #expect(crowding.choose(from: waiting.filter { $0.connection != "c" }, at: Self.now) == ["b"])
        #expect(crowding.choose(from: waiting.filter { $0.connection == "d" }, at: Self.now) == ["d"])
        #expect(crowding.choose(from: waiting.filter { $0.connection == "a" }, at: Self.now) == [])
        let many = (0..<640).map { (since: secondsAgo(Int64(5 + $0 * 7 % 640)), connection: $0) }
        #expect(crowding.choose(from: many, at: Self.now).count == 10)
        #expect(crowding.choose(from: many, at: Self.now).first == many.max { $0.since > $1.since }?.connection)
    }

    @Test("Connections are looked through seldom, however many find no room")
    func pause() {
        var crowding = Crowding()
        let looks = [0, 49, 50, 51, 99, 100].map { crowding.begins(at: Self.now.advanced(by: .milliseconds($0))) }
        #expect(looks == [true, false, true, false, false, true])
    }
}

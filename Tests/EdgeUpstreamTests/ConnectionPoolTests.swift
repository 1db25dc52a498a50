import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct ConnectionPoolTests {
    private typealias Pool = ConnectionPool<Int, String>

    private static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    private static func pool(limit: Int) -> Pool { Pool(limit: limit, idleTimeout: .seconds(55)) }

    /// A pool with these connections idle, since these seconds.
    private static func pool(limit: Int = 8, idle: [(Int, since: Int64)]) -> Pool {
        var pool = pool(limit: limit)
        for (connection, _) in idle {
            _ = pool.request("first")
            _ = pool.opened(connection, at(0))
        }
        for (connection, since) in idle { _ = pool.released(connection, at(since)) }
        return pool
    }

    @Test("The first request opens a connection and is sent on it")
    func first() {
        var pool = Self.pool(limit: 2)
        #expect(pool.request("a") == .open)
        #expect(pool.isOnlyOpening)
        #expect(pool.opened(1, Self.at(0)) == .send("a", on: 1))
        #expect(pool.count == 1)
        #expect(!pool.isOnlyOpening)
    }

    @Test("A connection that is done serves who waits first, else it becomes idle")
    func released() {
        var pool = Self.pool(limit: 1)
        _ = pool.request("a")
        _ = pool.opened(1, Self.at(0))
        #expect(pool.request("b") == nil)
        #expect(pool.request("c") == nil)
        #expect(pool.released(1, Self.at(1)) == .send("b", on: 1))
        #expect(pool.released(1, Self.at(2)) == .send("c", on: 1))
        #expect(pool.released(1, Self.at(3)) == nil)
        #expect(pool.request("d") == .send("d", on: 1))
    }

    @Test("Of idle connections the last one used goes first")
    func lastInFirstOut() {
        var pool = Self.pool(idle: [(1, since: 1), (2, since: 2), (3, since: 3)])
        #expect(pool.request("a") == .send("a", on: 3))
        #expect(pool.request("b") == .send("b", on: 2))
        #expect(pool.released(3, Self.at(4)) == nil)
        #expect(pool.request("c") == .send("c", on: 3))
    }

    @Test("No more connections are opened than the limit allows")
    func limit() {
        var pool = Self.pool(limit: 2)
        #expect(pool.request("a") == .open)
        #expect(pool.request("b") == .open)
        #expect(pool.request("c") == nil)
        #expect(pool.openForWaiting() == nil)
        #expect(pool.count == 2)
    }

    @Test("No more are opened than requests wait: one that became free meanwhile may have served")
    func surplus() {
        var pool = Self.pool(limit: 8)
        _ = pool.request("a")
        _ = pool.opened(1, Self.at(0))
        #expect(pool.request("b") == .open)
        #expect(pool.released(1, Self.at(1)) == .send("b", on: 1))
        // One is still being opened, for nobody: the next request has it.
        #expect(pool.request("c") == nil)
        #expect(pool.opened(2, Self.at(2)) == .send("c", on: 2))
    }

    @Test("A connection that does not come about takes the longest waiting request with it; others get another")
    func openingFailed() {
        var pool = Self.pool(limit: 1)
        _ = pool.request("a")
        _ = pool.request("b")
        #expect(pool.openingFailed() == "a")
        #expect(pool.openForWaiting() == .open)
        #expect(pool.openForWaiting() == nil)
        #expect(pool.openingFailed() == "b")
        #expect(pool.openingFailed() == nil)
    }

    @Test("A closed connection makes room for another")
    func closed() {
        var pool = Self.pool(limit: 1)
        _ = pool.request("a")
        _ = pool.opened(1, Self.at(0))
        _ = pool.request("b")
        pool.closed()
        #expect(pool.openForWaiting() == .open)
        #expect(pool.opened(2, Self.at(1)) == .send("b", on: 2))
    }

    @Test("An idle connection that is lost serves nobody and makes room")
    func lost() {
        var pool = Self.pool(limit: 2, idle: [(1, since: 1), (2, since: 2)])
        pool.lost(2)
        #expect(pool.count == 1)
        #expect(pool.request("a") == .send("a", on: 1))
        #expect(pool.request("b") == .open)
    }

    @Test("Idle connections go when they were idle too long or have lived long enough")
    func expiry() {
        var pool = Self.pool(idle: [(1, since: 0), (2, since: 1), (3, since: 50)])
        #expect(pool.expire(Self.at(54)) { _ in false } == [])
        #expect(pool.expire(Self.at(55)) { _ in false } == [1])
        #expect(pool.expire(Self.at(55)) { $0 == 3 } == [3])
        #expect(pool.count == 1)
        #expect(pool.request("a") == .send("a", on: 2))
    }

    @Test("A request that no longer waits is not served")
    func withdrawn() {
        var pool = Self.pool(limit: 1)
        for request in ["a", "b", "c", "d", "e"] { _ = pool.request(request) }
        pool.withdraw("a")
        pool.withdraw("z")
        #expect(pool.opened(1, Self.at(0)) == .send("b", on: 1))
        #expect(pool.withdrawAll { $0 != "d" } == ["c", "e"])
        #expect(pool.waitingCount == 1)
        #expect(pool.released(1, Self.at(1)) == .send("d", on: 1))
        #expect(pool.released(1, Self.at(2)) == nil)
    }

    @Test("Draining gives up idle connections, serves who waits and keeps nothing")
    func drain() {
        var pool = Self.pool(limit: 2, idle: [(1, since: 1), (2, since: 2)])
        _ = pool.request("a")
        #expect(pool.drain() == [1])
        #expect(pool.request("b") == .open)
        #expect(pool.released(2, Self.at(3)) == .send("b", on: 2))
        #expect(pool.released(2, Self.at(4)) == .close(2))
        #expect(pool.opened(3, Self.at(4)) == .close(3))
        #expect(pool.count == 0)
    }

    @Test("The waiting line keeps its order through many comings and goings")
    func waitingLine() {
        var line = WaitingLine<Int>()
        var expected: [Int] = []
        for number in 0..<1000 {
            line.append(number)
            expected.append(number)
            if number % 3 == 0 { #expect(line.popFirst() == expected.removeFirst()) }
            if number % 7 == 0 {
                line.remove(number)
                expected.removeAll { $0 == number }
            }
            #expect(line.count == expected.count)
        }
        while !expected.isEmpty { #expect(line.popFirst() == expected.removeFirst()) }
        #expect(line.popFirst() == nil)
    }
}

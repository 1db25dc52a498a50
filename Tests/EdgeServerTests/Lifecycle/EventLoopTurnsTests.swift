import Dispatch
import NIOCore
import NIOPosix
import Testing

@testable import EdgeServer

@Suite struct EventLoopTurnsTests {
    @Test("Loops that turn say so; one that is stuck is missed, until it turns again")
    func turns() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = Array(group.makeIterator())
        #expect(await EventLoopTurns.happen(on: loops, within: .seconds(30)))
        let gate = DispatchSemaphore(value: 0)
        loops.last?.execute { gate.wait() }
        #expect(await !EventLoopTurns.happen(on: loops, within: .milliseconds(50)))
        gate.signal()
        #expect(await EventLoopTurns.happen(on: loops, within: .seconds(30)))
        #expect(await EventLoopTurns.happen(on: [], within: .zero))
        try await group.shutdownGracefully()
    }
}

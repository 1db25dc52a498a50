import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import EdgeServer

/// Over a pair of real sockets, whose kernel takes only so much.
@Suite struct SocketOutputTests {
    /// A channel on one end of a pair, and the other end as a descriptor.
    private static func withPair(
        _ body: (ClientPair) async throws -> Void
    ) async throws {
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        var size: CInt = 4096
        setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        // What never comes fails the test, and does not hold it up.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let descriptor = pair[0]
        let channel = try await ClientBootstrap(group: group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(OutputHolder())
            }
        }.withConnectedSocket(descriptor).get()
        var problem: (any Error)?
        do { try await body(ClientPair(channel: channel, peer: pair[1])) } catch { problem = error }
        close(pair[1])
        try? await channel.close()
        try await group.shutdownGracefully()
        if let problem { throw problem }
    }

    @Test("Bytes arrive in order, however much the socket takes at once")
    func order() async throws {
        try await Self.withPair { pair in
            var expected: [UInt8] = []
            // The first go out at once, then the socket is full, then some has been read and the rest follows.
            for round in 0..<20 {
                let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ round) }
                expected += bytes
                try await pair.write(bytes)
                if round % 5 == 4 {
                    #expect(pair.read(7000) == Array(expected.prefix(7000))); expected.removeFirst(7000)
                }
            }
            #expect(pair.read(expected.count) == expected)
            try await pair.write([1, 2, 3])
            #expect(pair.read(3) == [1, 2, 3], "with an empty queue again")
        }
    }

    @Test("What is closed behind a full socket is sent whole")
    func closing() async throws {
        try await Self.withPair { pair in
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            try await pair.write(bytes)
            pair.channel.close(mode: .output, promise: nil)
            #expect(pair.read(bytes.count + 1) == bytes, "and then nothing")
        }
    }

    @Test("Nothing is written to a descriptor whose channel has been closed")
    func closed() async throws {
        try await Self.withPair { pair in
            try await pair.channel.close()
            try? await pair.write([1])
            #expect(pair.read(1) == [])
        }
    }
}

private struct ClientPair: Sendable {
    let channel: any Channel
    let peer: CInt

    func write(_ bytes: [UInt8]) async throws {
        try await channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.handler(type: OutputHolder.self).output?.write(bytes)
        }.get()
    }

    /// As many bytes, or fewer where the other side ends before.
    func read(_ count: Int) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < count {
            let got = recv(peer, &buffer, min(buffer.count, count - received.count), 0)
            if got <= 0 { break }
            received += buffer[..<got]
        }
        return received
    }
}

private final class OutputHolder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var output: SocketOutput?

    func channelActive(context: ChannelHandlerContext) {
        output = SocketOutput(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        output = nil
    }
}

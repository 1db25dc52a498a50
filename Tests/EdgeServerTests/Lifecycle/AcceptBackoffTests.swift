import EdgeCore
import EdgeTestSupport
import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeServer

/// What a listener does when the system has no room for another connection.
@Suite struct AcceptBackoffTests {
    /// A listener's channel.
    private final class Stage {
        let channel = EmbeddedChannel()
        let trouble = AcceptTrouble(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

        init() throws {
            try channel.pipeline.syncOperations.addHandler(
                AcceptBackoff(.tcp(host: "127.0.0.1", port: 80), trouble))
        }

        /// As it was set last; nil if it never was.
        var accepts: Bool? { channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool }

        func fail(_ code: CInt) {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
            #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
        }
    }

    @Test("Nobody is accepted for a moment, and then whoever waits", arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func exhausted(code: CInt) throws {
        let stage = try Stage()
        stage.fail(code)
        #expect(stage.accepts == false)
        // As many connections as one read takes may fail in one moment.
        stage.fail(code)
        #expect(stage.accepts == false)
        stage.channel.embeddedEventLoop.advanceTime(by: AcceptBackoff.span)
        #expect(stage.accepts == true)
        stage.fail(code)
        #expect(stage.accepts == false)
        stage.channel.embeddedEventLoop.advanceTime(by: AcceptBackoff.span)
        #expect(stage.accepts == true)
        _ = try stage.channel.finish()
    }

    @Test("A connection that has gone before it was accepted is no reason")
    func aborted() throws {
        let stage = try Stage()
        stage.fail(ECONNABORTED)
        #expect(stage.accepts == nil)
        _ = try stage.channel.finish()
    }

    @Test("A listener that stops accepting does not go on by itself")
    func paused() throws {
        let stage = try Stage()
        stage.fail(EMFILE)
        try stage.channel.triggerUserOutboundEvent(AcceptBackoff.Pause()).wait()
        stage.channel.embeddedEventLoop.advanceTime(by: AcceptBackoff.span)
        #expect(stage.accepts == false)
        _ = try stage.channel.finish()
    }

    @Test("One that is closed meanwhile leaves nothing behind")
    func closed() throws {
        let stage = try Stage()
        stage.fail(EMFILE)
        _ = try stage.channel.finish()
        stage.channel.embeddedEventLoop.advanceTime(by: AcceptBackoff.span)
        #expect(stage.accepts == false)
        #expect(stage.trouble.complaint == nil, "we have closed it")
    }

    @Test("One that is closed by itself is missed", arguments: [EPERM, nil])
    func lost(code: CInt?) throws {
        let stage = try Stage()
        if let code { stage.fail(code) }
        stage.channel.pipeline.fireChannelInactive()
        #expect(stage.trouble.complaint == "the listener on 127.0.0.1:80 was closed by an error")
        stage.trouble.removed(.tcp(host: "127.0.0.1", port: 80))
        #expect(stage.trouble.complaint == nil)
        _ = try stage.channel.finish()
    }

    @Test(
        "The limit of open files leaves room for what each loop, listener and upstream connection needs",
        arguments: [
            (256, 1, 1, 43), (256, 16, 1, 28), (256, 1, 5, 42), (1024, 2, 1, 725), (64, 2, 1, 4), (10, 16, 1, 1),
        ])
    func places(descriptors: Int, loops: Int, listeners: Int, expected: Int) {
        var settings = EdgeSettings(policy: .withoutKeys)
        settings.listeners = Array(
            repeating: ListenerSettings(address: .tcp(host: "127.0.0.1", port: 0)), count: listeners)
        settings.upstream.maximumConnections = 64
        #expect(DescriptorLimit.clients(descriptors: descriptors, settings: settings, eventLoops: loops) == expected)
    }
}

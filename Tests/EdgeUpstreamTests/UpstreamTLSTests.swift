import EdgeCore
import Foundation
import EdgeTestSupport
import Testing

@testable import EdgeUpstream

@Suite struct UpstreamTLSTests {
    @Test("A certificate from the configured authority for the right name is accepted, and the connection is kept")
    func trusted() async throws {
        let server = try TLSServer(name: "plunk.test")
        defer { server.stop() }
        try await Self.with(server, host: "plunk.test", authorities: server.certificate) { client async throws in
            let first = try await client.send()
            #expect(first.status == 200)
            #expect(first.trace.tlsMicroseconds ?? 0 > 0)
            let second = try await client.send()
            #expect(second.status == 200)
            #expect(second.trace.isReused)
            #expect(second.trace.tlsMicroseconds == nil)
        }
        #expect(server.requestCount == 2)
    }

    @Test("A certificate from nobody who is trusted is refused, and nothing was sent")
    func selfSigned() async throws {
        let server = try TLSServer(name: "plunk.test")
        defer { server.stop() }
        try await Self.with(server, host: "plunk.test", authorities: nil) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .tls)
            #expect(result.trace.attempts == 0)
            #expect(!result.trace.mayHaveBeenRecorded)
        }
        #expect(server.requestCount == 0)
    }

    @Test("A trusted certificate for another name is refused, and nothing was sent")
    func wrongHost() async throws {
        let server = try TLSServer(name: "plunk.test")
        defer { server.stop() }
        try await Self.with(server, host: "other.test", authorities: server.certificate) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .tls)
        }
        #expect(server.requestCount == 0)
    }

    @Test("An upstream that speaks no TLS is a TLS failure, and sees no request")
    func plaintext() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        try await Harness.with(
            port: server.port, scheme: .https,
            {
                $0.connectTimeout = .seconds(1)
            },
            { client async throws in
                let result = try await client.send()
                // The server waits for a request's head that never comes.
                let failures: [UpstreamFailure?] = [.timeout(.connect), .tls]
                #expect(failures.contains(result.failure))
                #expect(result.trace.attempts == 0)
            })
        #expect(server.requests.isEmpty)
    }

    @Test("A file that holds no certificate is said when the upstream is made")
    func unreadableAuthorities() throws {
        let thread = try #require(Harness.readiness)
        var settings = UpstreamSettings(origin: .init(scheme: .https, host: "plunk.test", port: 443, pathPrefix: ""))
        for file in ["/dev/null", "/nowhere.pem"] {
            settings.authorityFile = file
            #expect(throws: UpstreamSetupFailure.authorities(file: file)) {
                _ = try Upstream(settings: settings, eventLoops: 1, readiness: thread)
            }
        }
    }

    private static func with(
        _ server: TLSServer, host: String, authorities: String?, _ body: (Harness) async throws -> Void
    ) async throws {
        let configure = { (settings: inout UpstreamSettings) in
            settings.addresses = [.v4Loopback]
            settings.authorityFile = authorities
        }
        try await Harness.with(port: server.port, scheme: .https, host: host, configure, body)
    }
}

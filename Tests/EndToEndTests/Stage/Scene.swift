import EdgeTestSupport
import Testing

/// The edge and the upstream behind it, for the length of one suite.
struct Scene: Sendable {
    @TaskLocal private static var current: Scene?

    let edge: EdgeProcess
    let upstream: RecordingUpstream

    /// The scene that the suite's ``EdgeTrait`` has set.
    static func of(_ location: SourceLocation = #_sourceLocation) throws -> Scene {
        try #require(current, "the suite has no edge", sourceLocation: location)
    }

    /// - Parameter source: the last part of the client's address of 127.0.0.0/24.
    func connect(from source: UInt8 = 1) throws -> RawClient { try RawClient(port: edge.port, from: source) }

    /// Sends on a connection of its own and reads the one response.
    func exchange(_ request: ClientRequest, from source: UInt8 = 1) throws -> HTTPResponse {
        let client = try connect(from: source)
        try client.send(request.bytes)
        return try client.response()
    }

    /// Runs `body` with an edge and an upstream, and looks at both when it is over.
    static func run(_ changes: JSONValue, _ body: () async throws -> Void) async throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, changes)
        let scene = Scene(edge: edge, upstream: upstream)
        try await $current.withValue(scene) { try await body() }
        try scene.expectInvariants()
    }
}

/// Starts an edge for a suite, with these changes to its configuration, and ends it after the suite's last test.
struct EdgeTrait: SuiteTrait, TestScoping {
    let changes: JSONValue

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Scene.run(changes, function)
    }
}

extension Trait where Self == EdgeTrait {
    static func edge(_ changes: JSONValue = [:]) -> EdgeTrait { EdgeTrait(changes: changes) }
}

import EdgeTestSupport
import Testing

/// A scene whose edge has an admin listener.
struct AdminScene {
    let scene: Scene
    let port: UInt16

    /// - Parameter changes: to the configuration, beside the admin listener.
    init(_ upstream: RecordingUpstream, _ changes: JSONValue = [:]) throws {
        let admin: JSONValue = ["admin": ["address": "127.0.0.1:0"]]
        try self.init(EdgeProcess(upstream: upstream.port, admin.merging(changes)), upstream)
    }

    init(_ edge: EdgeProcess, _ upstream: RecordingUpstream) throws {
        scene = Scene(edge: edge, upstream: upstream)
        port = try edge.process.errors.waitForLine("admin line") { line in
            line.firstMatch(of: /admin on http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        }
    }

    /// Asks for a path and checks what every answer has: no key, whatever was asked.
    func ask(
        _ path: String, method: String = "GET", _ fields: [String] = [], _ location: SourceLocation = #_sourceLocation
    ) throws -> HTTPResponse {
        let client = try RawClient(port: port)
        let host = fields.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]
        let lines = ["\(method) \(path) HTTP/1.1"] + host + fields
        try client.send(lines.map { $0 + "\r\n" }.joined() + "\r\n")
        let response = try client.response()
        #expect(response["cache-control"] == "no-store", sourceLocation: location)
        #expect(response["x-content-type-options"] == "nosniff", sourceLocation: location)
        for mark in Planted.marks { #expect(!response.text.contains(mark), "a key", sourceLocation: location) }
        return response
    }

    /// How many descriptors the edge has open, by its own figures: its folder in /proc shows them only to root. The
    /// connection that asks is one of them.
    var descriptorCount: Double { get throws { try metrics()["process_open_fds"] } }

    func metrics(_ location: SourceLocation = #_sourceLocation) throws -> Metrics {
        let response = try ask("/metrics")
        #expect(response.status == 200, sourceLocation: location)
        return Metrics(response.text)
    }
}

/// What `/metrics` says, sample by sample.
struct Metrics {
    private let samples: [String: Double]

    init(_ text: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        samples = Dictionary(
            lines.map { line in
                let space = line.lastIndex(of: " ") ?? line.endIndex
                return (String(line[..<space]), Double(line[space...].dropFirst()) ?? .nan)
            }, uniquingKeysWith: { _, _ in .nan })
    }

    /// A sample by its name and labels, as they are written. -1 where there is none.
    subscript(_ series: String) -> Double { samples[series] ?? -1 }

    /// How many requests ended so.
    func requests(_ outcome: String, _ reason: String = "") -> Double {
        self[#"plunk_edge_requests_total{outcome="\#(outcome)",reason="\#(reason)"}"#]
    }

    /// Every count of requests that is not 0.
    var requests: [String: Double] {
        samples.filter { $0.key.hasPrefix("plunk_edge_requests_total{") && $0.value != 0 }
    }
}

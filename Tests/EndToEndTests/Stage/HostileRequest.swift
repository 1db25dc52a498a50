import EdgeTestSupport
import Testing

/// A row of a table: what is sent, and how the edge must turn it down; nil where it must be forwarded as any other.
struct HostileRequest: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let request: ClientRequest
    let refusal: Refusal?

    init(_ description: String, _ request: ClientRequest, _ refusal: Refusal?) {
        (testDescription, self.request, self.refusal) = (description, request, refusal)
    }
}

extension Scene {
    /// Sends the row and checks the answer, what upstream saw, and that the connection is fit for what comes next: closed
    /// after 400, 408, 413, 414 and 431, with nothing behind them taken for a request; else as good as new.
    ///
    /// - Parameter next: what passes on the same connection afterwards.
    func check(
        _ row: HostileRequest, next: ClientRequest = .track("afterwards"),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = upstream.requests.count
        let client = try connect()
        let closes = [400, 408, 413, 414, 431].contains(row.refusal?.status)
        let isLast = closes || row.request.line.hasSuffix("HTTP/1.0")
        try client.send(row.request.bytes + (isLast ? ClientRequest.smuggled.bytes : []))
        let response = try client.response()
        if let refusal = row.refusal {
            try expect(refusal, response, location)
            #expect(upstream.requests.count == before, "a refused request went upstream", sourceLocation: location)
        } else {
            try expectOurs(response, location)
            try expectForwarded(response, since: before, location)
        }
        #expect(response.closesConnection == isLast, sourceLocation: location)
        if isLast {
            #expect(try client.readToEnd() == [], "an answer too many", sourceLocation: location)
        } else {
            let now = upstream.requests.count
            try client.send(next.bytes)
            let forwarded = try expectForwarded(try client.response(), since: now, location)
            #expect(forwarded.body == next.body, sourceLocation: location)
        }
    }
}

import EdgeTestSupport
import Testing

extension Scene {
    /// What must hold whatever happened: looked at when a suite is over.
    func expectInvariants() throws {
        #expect(edge.process.isRunning, "the edge has died")
        #expect(try edge.terminate(atMost: .seconds(30)) == 0, "TERM ends the edge with 0")
        let output = try edge.process.output.waitForEnd()
        let errors = try edge.process.errors.waitForEnd()
        for mark in Planted.marks {
            #expect(!output.contains(mark), "a key in the access log")
            #expect(!errors.contains(mark), "a key on stderr: \(errors)")
        }
        let secret = Array("CANARY".utf8)
        for bytes in upstream.bytes {
            #expect(!bytes.contains(secret), "upstream saw what it must not: \(String(decoding: bytes, as: UTF8.self))")
        }
        for request in upstream.requests { #expect(request.violations() == []) }
    }
}

extension RecordedRequest {
    /// How this differs from the one form in which the edge writes: only values may vary.
    func violations(prefix: String = "") -> [String] {
        let names = fields.map { $0.name.lowercased() }
        // Foundation has no numbers beyond Double, JSON has.
        let parsable = text.replacing(/[eE]\d{4,}/, with: "")
        let members = (try? JSONValue(parsing: Array(parsable.utf8)))?.object.map { Set($0.keys) }
        var violations: [String] = []
        func require(_ holds: Bool, _ violation: String) { if !holds { violations.append(violation) } }
        require(requestLine == "POST \(prefix)/v1/track HTTP/1.1", "request line \(requestLine)")
        require(Set(names).count == names.count, "a field twice: \(names)")
        require(Set(names).isSubset(of: UpstreamFields.allowed), "a field that is not ours: \(names)")
        require(Set(names).isSuperset(of: UpstreamFields.required), "a field is missing: \(names)")
        require(self["authorization"]?.wholeMatch(of: /Bearer pk_[\x21-\x7e]+/) != nil, "Authorization")
        require(self["content-type"] == "application/json", "Content-Type")
        require(self["accept"] == "application/json", "Accept")
        require(self["content-length"] == String(body.count), "Content-Length")
        require(members?.isSubset(of: ["event", "email", "subscribed", "data"]) == true, "body \(text)")
        return violations
    }
}

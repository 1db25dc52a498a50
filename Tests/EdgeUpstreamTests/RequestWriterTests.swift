import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct RequestWriterTests {
    private static func origin(_ prefix: String = "", host: String = "api.example.com", port: UInt16 = 443)
        -> UpstreamSettings.Origin
    {
        .init(scheme: .https, host: host, port: port, pathPrefix: prefix)
    }

    @Test("All that a request can carry, byte for byte")
    func complete() throws {
        let writer = try #require(RequestWriter(origin: Self.origin("/api")))
        var request = UpstreamRequest.sample(idempotencyKey: "key 1", body: #"{"event":"é"}"#)
        request.forwardedFor = IPAddress(v6: 0x2001_0DB8 << 32, 1)
        request.traceparent = Array("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".utf8)[...]
        let bytes = try #require(writer.write(request))
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                POST /api/v1/track HTTP/1.1\r
                Host: api.example.com\r
                Content-Type: application/json\r
                Accept: application/json\r
                Authorization: Bearer pk_abc\r
                Content-Length: 14\r
                User-Agent: tests\r
                X-Request-ID: request-1\r
                Idempotency-Key: key 1\r
                X-Forwarded-For: 2001:db8::1\r
                traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r
                \r
                {"event":"é"}
                """)
    }

    @Test("What is absent leaves no line")
    func least() throws {
        let writer = try #require(RequestWriter(origin: Self.origin(host: "::1", port: 8443)))
        let bytes = try #require(writer.write(.sample(idempotencyKey: nil, body: "{}")))
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                POST /v1/track HTTP/1.1\r
                Host: [::1]:8443\r
                Content-Type: application/json\r
                Accept: application/json\r
                Authorization: Bearer pk_abc\r
                Content-Length: 2\r
                User-Agent: tests\r
                X-Request-ID: request-1\r
                \r
                {}
                """)
    }

    enum Field: CaseIterable, Sendable { case key, userAgent, requestID, idempotencyKey, traceparent }

    @Test(
        "No field takes a byte that could end its line or hide in it", arguments: Field.allCases,
        [0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x80, 0xFF] as [UInt8])
    func hostileByte(_ field: Field, _ byte: UInt8) throws {
        let writer = try #require(RequestWriter(origin: Self.origin()))
        for value in [[byte], [0x61, byte], [byte, 0x61]] {
            #expect(writer.write(Self.request(field, value)) == nil)
        }
        #expect(writer.write(Self.request(field, [0x61])) != nil)
        for place in 0..<40 {
            var value = [UInt8](repeating: 0x61, count: 40)
            value[place] = byte
            #expect(writer.write(Self.request(field, value)) == nil, "at \(place)")
        }
    }

    @Test("Lengths are kept too")
    func lengths() throws {
        let writer = try #require(RequestWriter(origin: Self.origin()))
        #expect(writer.write(Self.request(.key, [])) == nil)
        #expect(writer.write(Self.request(.key, [0x61, 0x20, 0x62])) == nil)
        #expect(writer.write(Self.request(.requestID, [])) == nil)
        #expect(writer.write(Self.request(.idempotencyKey, [])) == nil)
        #expect(writer.write(Self.request(.idempotencyKey, Array(repeating: 0x61, count: 255))) != nil)
        #expect(writer.write(Self.request(.idempotencyKey, Array(repeating: 0x61, count: 256))) == nil)
        #expect(writer.write(Self.request(.userAgent, Array(repeating: 0x61, count: 257))) == nil)
        #expect(writer.write(Self.request(.traceparent, Array(repeating: 0x61, count: 56))) == nil)
        #expect(writer.write(Self.request(.requestID, Array(repeating: 0x61, count: 129))) == nil)
    }

    @Test("An origin that would break the request line makes no writer", arguments: ["/a b", "/a\r\nX: y", "/é"])
    func origin(_ prefix: String) {
        #expect(RequestWriter(origin: Self.origin(prefix)) == nil)
        #expect(RequestWriter(origin: Self.origin(host: "a\nb")) == nil)
    }

    private static func request(_ field: Field, _ value: [UInt8]) -> UpstreamRequest {
        var request = UpstreamRequest.sample()
        switch field {
        case .key: request.key = value[...]
        case .userAgent: request.userAgent = value[...]
        case .requestID: request.requestID = Identifier(given: value[...])
        case .idempotencyKey: request.idempotencyKey = Identifier(given: value[...])
        case .traceparent: request.traceparent = value[...]
        }
        return request
    }
}

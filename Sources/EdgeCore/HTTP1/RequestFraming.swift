/// What a request's fields say about the connection and the body. Doubt is an error: a request that two servers could
/// cut differently is smuggling, or as good as (RFC 9112, sections 6.3 and 11.2).
struct RequestFraming {
    private typealias Value = Slice<UnsafeBufferPointer<UInt8>>

    private(set) var body = RequestHead.BodyFraming.none
    /// The client waits for `100 Continue` (RFC 9110, section 10.1.1); HTTP/1.0 clients know nothing of it.
    private(set) var expectsContinue = false
    /// HTTP/1.1 connections persist unless one side says `close`; HTTP/1.0 connections serve one request.
    private(set) var isKeepAlive: Bool

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, fields: FieldTable, version: RequestHead.Version
    ) throws(RequestFailure) {
        isKeepAlive = version != .http1_0
        func only(_ name: FieldName, _ problem: RequestFailure.StaticMessage) throws(RequestFailure) -> Value? {
            guard let range = fields[name] else { return nil }
            guard fields.lines(of: name) == 1 else { throw .malformed(problem) }
            return bytes[range]
        }
        try Self.checkHost(only(.host, "Host stands twice."), version)
        _ = try only(.origin, "Origin stands twice.")
        body = try Self.body(
            length: only(.contentLength, "Content-Length stands twice."),
            coding: only(.transferEncoding, "Transfer-Encoding stands twice."), version)
        let expectation = try only(.expect, "Expect stands twice.")
        if let expectation, version != .http1_0 {
            guard expectation.equalsIgnoringCase("100-continue") else {
                throw .malformed("The only expectation is 100-continue.")
            }
            expectsContinue = true
        }
        if fields[.connection] != nil, fields.reversed(.connection).contains(where: { Self.saysClose(bytes[$0]) }) {
            isKeepAlive = false
        }
    }

    /// RFC 9112, section 3.2: one Host, and never none but in HTTP/1.0. HTTP/2's is the authority.
    private static func checkHost(_ host: Value?, _ version: RequestHead.Version) throws(RequestFailure) {
        guard let host else {
            if version != .http1_0 { throw .malformed("Host is missing.") }
            return
        }
        guard HostField(host) != nil else { throw .malformed("Host is malformed.") }
    }

    private static func body(
        length: Value?, coding: Value?, _ version: RequestHead.Version
    ) throws(RequestFailure) -> RequestHead.BodyFraming {
        if let coding {
            guard length == nil else { throw .malformed("Content-Length and Transfer-Encoding stand together.") }
            guard version == .http1_1 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
            guard coding.equalsIgnoringCase("chunked") else {
                throw .malformed("The only Transfer-Encoding is chunked.")
            }
            return .chunked
        }
        guard let length else { return .none }
        // 1 to 15 digits, no leading zero: no list, no sign, nothing that overflows.
        let isPlain = (1...15).contains(length.count) && length.allSatisfy(\.isASCIIDigit)
        guard isPlain, length.count == 1 || length.first != UInt8(ascii: "0") else {
            throw .malformed("Content-Length is not a plain number.")
        }
        return .length(length.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) })
    }

    /// Whether a list of connection options (RFC 9110, section 7.6.1) has `close` in it.
    private static func saysClose(_ options: Value) -> Bool {
        options.split(separator: UInt8(ascii: ",")).contains { option in
            option.trimmed.equalsIgnoringCase("close")
        }
    }
}

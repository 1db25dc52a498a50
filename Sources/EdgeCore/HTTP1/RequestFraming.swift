/// What a request's fields say about the connection and the body. Doubt is an error: a request that two servers could
/// cut differently is smuggling, or as good as (RFC 9112, sections 6.3 and 11.2).
struct RequestFraming {
    let bytes: UnsafeBufferPointer<UInt8>
    let fields: [RequestHead.Field]
    let version: RequestHead.Version

    func framing() throws(RequestFailure) -> RequestHead.BodyFraming {
        try checkHost()
        let length = try single(.contentLength, "Content-Length stands twice.")
        let coding = try single(.transferEncoding, "Transfer-Encoding stands twice.")
        _ = try single(.origin, "Origin stands twice.")
        if let coding {
            guard length == nil else { throw .malformed("Content-Length and Transfer-Encoding stand together.") }
            guard version == .http1_1 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
            guard coding.equalsIgnoringCase("chunked") else {
                throw .malformed("The only Transfer-Encoding is chunked.")
            }
            return .chunked
        }
        guard let length else { return .none }
        return .length(try number(length))
    }

    /// 1 to 15 digits, no leading zero: no list, no sign, nothing that overflows.
    private func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) throws(RequestFailure) -> Int {
        let isPlain = (1...15).contains(text.count) && text.allSatisfy(\.isASCIIDigit)
        guard isPlain, text.count == 1 || text.first != UInt8(ascii: "0") else {
            throw .malformed("Content-Length is not a plain number.")
        }
        return text.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
    }

    func expectsContinue() throws(RequestFailure) -> Bool {
        guard let value = try single(.expect, "Expect stands twice."), version == .http1_1 else { return false }
        guard value.equalsIgnoringCase("100-continue") else {
            throw .malformed("The only expectation is 100-continue.")
        }
        return true
    }

    /// HTTP/1.1 connections persist unless one side says `close`; HTTP/1.0 connections serve one request.
    func isKeepAlive() throws(RequestFailure) -> Bool {
        guard version == .http1_1 else { return false }
        for field in fields where field.name == .connection {
            for option in bytes[field.value].split(separator: UInt8(ascii: ",")) {
                if option.trimmed.equalsIgnoringCase("close") { return false }
            }
        }
        return true
    }

    /// RFC 9112, section 3.2: one Host, always in HTTP/1.1.
    private func checkHost() throws(RequestFailure) {
        guard let host = try single(.host, "Host stands twice.") else {
            if version == .http1_1 { throw .malformed("Host is missing.") }
            return
        }
        guard HostField(host) != nil else { throw .malformed("Host is malformed.") }
    }

    private func single(
        _ name: FieldName, _ problem: RequestFailure.StaticMessage
    ) throws(RequestFailure) -> Slice<UnsafeBufferPointer<UInt8>>? {
        var found: Slice<UnsafeBufferPointer<UInt8>>?
        for field in fields where field.name == name {
            guard found == nil else { throw .malformed(problem) }
            found = bytes[field.value]
        }
        return found
    }
}

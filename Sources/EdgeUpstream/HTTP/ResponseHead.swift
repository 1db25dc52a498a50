internal import EdgeCore

/// Status line and header fields of one answer, reduced to what matters here; other fields are checked and forgotten.
/// Lines are compared as bytes, none becomes a `String`.
struct ResponseHead {
    /// How the body is delimited (RFC 9112, section 6.3).
    enum Framing: Hashable {
        /// 1xx: another answer follows.
        case informational
        /// 204 and 304.
        case none
        case sized(Int)
        case chunked
        /// The body ends with the connection.
        case toClose
    }

    typealias Line = Slice<UnsafeBufferPointer<UInt8>>

    private(set) var status = 0
    private(set) var fields = ResponseFields()

    private var isVersion1_0 = false
    private var contentLength: Int?
    private var isChunked = false
    private var saysClose = false
    private var hasContentType = false
    private var hasJSONType = false
    private var isEncoded = false

    /// Whether the body is JSON as it stands.
    var isJSON: Bool { hasJSONType && !isEncoded }

    /// Whether the connection outlives the answer (RFC 9112, section 9.3). HTTP/1.0 peers that promise so are not
    /// believed.
    var isPersistent: Bool {
        switch framing {
        case .toClose, nil: false
        // What a 204 says of a body cannot be told from what the next answer would be.
        case .some(.none): !isVersion1_0 && !saysClose && !isChunked && (status == 304 || contentLength ?? 0 == 0)
        case .informational, .sized, .chunked: !isVersion1_0 && !saysClose
        }
    }

    /// Nil when the fields contradict one another or the status, or leave the end open.
    var framing: Framing? {
        guard !(isChunked && (contentLength != nil || isVersion1_0)) else { return nil }
        switch status {
        // The protocol would change to one that nobody asked for.
        case 101: return nil
        case 100...199: return isChunked || contentLength != nil ? nil : .informational
        case 204, 304: return Framing.none
        default: break
        }
        if isChunked { return .chunked }
        if let contentLength { return .sized(contentLength) }
        // Without a word about closing, a lost connection could not be told from the end.
        return isVersion1_0 || saysClose ? .toClose : nil
    }

    /// `HTTP/1.1 200 OK`, also without the space and the reason phrase; the version may be 1.0.
    mutating func readStatusLine(_ line: Line) -> Bool {
        let version = line.prefix(9)
        isVersion1_0 = version.equals("HTTP/1.0 ")
        guard isVersion1_0 || version.equals("HTTP/1.1 ") else { return false }
        let digits = line.dropFirst(9).prefix(3)
        let rest = line.dropFirst(12)
        guard digits.count == 3, digits.allSatisfy(\.isASCIIDigit), rest.isEmpty || rest.first == 0x20,
            rest.allSatisfy(\.isFieldContent)
        else { return false }
        status = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
        return 100...599 ~= status
    }

    /// - Returns: false when the field must not stand there.
    mutating func readField(_ field: FieldLine, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        read(UnsafeBufferPointer(rebasing: text[field.name]), text[field.value])
    }

    /// Names are told apart by their length first: most fields are none of ours.
    private mutating func read(_ name: UnsafeBufferPointer<UInt8>, _ value: Line) -> Bool {
        switch name.count {
        case 10 where name.isName("connection"): readConnection(value)
        case 11 where name.isName("retry-after"): Self.keep(value, upTo: 64, in: &fields.retryAfter)
        case 12 where name.isName("content-type"): readContentType(value)
        case 12 where name.isName("x-request-id"): Self.keep(value, upTo: 128, in: &fields.requestID)
        case 14 where name.isName("content-length"): return readContentLength(value)
        case 15 where name.isName("ratelimit-limit"): Self.keep(value, upTo: 64, in: &fields.rateLimitLimit)
        case 15 where name.isName("ratelimit-reset"): Self.keep(value, upTo: 64, in: &fields.rateLimitReset)
        case 16 where name.isName("content-encoding"): isEncoded = isEncoded || !value.equalsIgnoringCase("identity")
        case 17 where name.isName("transfer-encoding"):
            guard !isChunked, value.equalsIgnoringCase("chunked") else { return false }
            isChunked = true
        case 19 where name.isName("ratelimit-remaining"): Self.keep(value, upTo: 64, in: &fields.rateLimitRemaining)
        default: break
        }
        return true
    }

    /// A list of tokens (RFC 9110, section 7.6.1).
    private mutating func readConnection(_ value: Line) {
        for option in value.split(separator: 0x2C) where option.trimmed.equalsIgnoringCase("close") { saysClose = true }
    }

    /// One number and nothing else, at most nine digits. Lists of equal numbers, which RFC 9110, section 8.6 would let
    /// pass, are refused.
    private mutating func readContentLength(_ value: Line) -> Bool {
        guard contentLength == nil, 1...9 ~= value.count, value.allSatisfy(\.isASCIIDigit) else { return false }
        contentLength = value.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
        return true
    }

    private mutating func readContentType(_ value: Line) {
        let mediaType = value.prefix { $0 != 0x3B }.trimmed
        let isJSON =
            mediaType.equalsIgnoringCase("application/json")
            || mediaType.count > 17 && mediaType.prefix(12).equalsIgnoringCase("application/")
                && mediaType.suffix(5).equalsIgnoringCase("+json")
        // Two types are none.
        hasJSONType = isJSON && !hasContentType
        hasContentType = true
    }

    /// The first value counts, if it is one that may be shown to others.
    private static func keep(_ value: Line, upTo limit: Int, in field: inout Range<Int>?) {
        guard field == nil, 1...limit ~= value.count, value.allSatisfy(\.isPrintable) else { return }
        field = value.startIndex..<value.endIndex
    }
}

extension UInt8 {
    /// What a field value or a reason phrase may hold (RFC 9110, section 5.5): no control characters but the tab.
    fileprivate var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }
}

/// What a request is before judgement: its request line and the fields the edge looks at, as views of the bytes that
/// came. HTTP/1.1 and HTTP/2 make the same head. Immutable; a class so that handing it on costs one retain.
package final class RequestHead: Sendable {
    package enum Version: Sendable {
        case http1_0, http1_1, http2

        package var text: StaticString {
            switch self {
            case .http1_0: "HTTP/1.0"
            case .http1_1: "HTTP/1.1"
            case .http2: "HTTP/2"
            }
        }
    }

    /// The methods that mean something here.
    package enum Method: Sendable {
        case post, options, head, other

        init(_ name: UnsafeBufferPointer<UInt8>) {
            if name.equals("POST") {
                self = .post
            } else if name.equals("OPTIONS") {
                self = .options
            } else {
                self = name.equals("HEAD") ? .head : .other
            }
        }
    }

    /// How the end of the body is known (RFC 9112, section 6). HTTP/2's frames say it, whatever this is; a length has to
    /// agree with them.
    package enum BodyFraming: Hashable, Sendable {
        case none
        /// Content-Length.
        case length(Int)
        case chunked
    }

    /// The bytes that came; everything below points into them.
    package let storage: [UInt8]
    /// The method, as far as it means something here.
    package let method: Method
    /// Where the method's name stands in ``storage``; empty where no request line came.
    package let methodRange: Range<Int>
    let targetRange: Range<Int>
    /// Where the target without its query stands in ``storage``.
    package let pathRange: Range<Int>
    let fields: FieldTable
    package let version: Version
    package let framing: BodyFraming
    /// The client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool
    /// Whether the connection may serve another request.
    package let isKeepAlive: Bool

    /// The head of what was no request: nothing came of it, and nobody can ask for more.
    package static let unreadable = RequestHead(unreadable: .http1_1)
    /// The same, on a connection that is known to speak HTTP/2.
    package static let unreadableHTTP2 = RequestHead(unreadable: .http2)
    package var isUnreadable: Bool { storage.isEmpty }

    private convenience init(unreadable version: Version) {
        self.init(
            storage: [], methodRange: 0..<0, targetRange: 0..<0, pathRange: 0..<0, fields: FieldTable(),
            version: version, framing: .none, expectsContinue: false, isKeepAlive: false)
    }

    init(
        storage: [UInt8], methodRange: Range<Int>, targetRange: Range<Int>, pathRange: Range<Int>, fields: FieldTable,
        version: Version, framing: BodyFraming, expectsContinue: Bool, isKeepAlive: Bool
    ) {
        self.storage = storage
        self.methodRange = methodRange
        method = storage.withUnsafeBufferPointer { Method(UnsafeBufferPointer(rebasing: $0[methodRange])) }
        self.targetRange = targetRange
        self.pathRange = pathRange
        self.fields = fields
        self.version = version
        self.framing = framing
        self.expectsContinue = expectsContinue
        self.isKeepAlive = isKeepAlive
    }

    /// Overwrites the bytes that came: the request is over.
    ///
    /// - Parameter keepsRequestID: whether X-Request-ID stays, because it is the request's and others keep it: it has been
    ///   found to hold no key.
    func erase(keepsRequestID: Bool) {
        guard keepsRequestID, let kept = fields[.requestID] else { return Erasure.erase(storage) }
        storage.withUnsafeBytes { bytes in
            Erasure.erase(UnsafeRawBufferPointer(rebasing: bytes[..<kept.lowerBound]))
            Erasure.erase(UnsafeRawBufferPointer(rebasing: bytes[kept.upperBound...]))
        }
    }

    /// The request target without its query.
    package var path: Bytes { storage[pathRange] }

    /// The value of a field that may come only once; nil if it did not come. Of several lines the first.
    package func value(of name: FieldName) -> Bytes? { fields[name].map { storage[$0] } }

    /// Where that value stands in ``storage``.
    package func range(of name: FieldName) -> Range<Int>? { fields[name] }

    /// How many lines of a field came.
    package func lines(of name: FieldName) -> Int { fields.lines(of: name) }

    /// The values of all lines of a field, last line first.
    package func reversedValues(of name: FieldName) -> [Bytes] { fields.reversed(name).map { storage[$0] } }

    /// Where a key may be hidden: everything the client wrote.
    package var everything: Bytes { storage[...] }
}

import EdgeCore

/// A request of HTTP/1.1 as the plain reading has it.
struct PlainRequest {
    enum Reading {
        case request(PlainRequest)
        /// The head is there, the body is not.
        case head(PlainRequest)
        case incomplete
        case invalid
    }

    let method: [UInt8]
    let target: [UInt8]
    let isOld: Bool
    let head: MessageHead
    private(set) var isChunked = false
    private(set) var length: Int?
    private(set) var body: [UInt8] = []
    private(set) var overhead = 0
    /// Where it begins, and where what follows does.
    let start: Int
    private(set) var end: Int

    /// Reads the request that begins at `start`, one empty line before it forgiven.
    static func read(_ bytes: [UInt8], from start: Int) -> Reading {
        let isForgiven = bytes.count >= start + 2 && bytes[start] == 13 && bytes[start + 1] == 10
        let start = isForgiven ? start + 2 : start
        switch MessageHead.read(bytes, from: start) {
        case .incomplete: return .incomplete
        case .invalid: return .invalid
        case .head(let head):
            guard var request = PlainRequest(head, start: start) else { return .invalid }
            let body =
                request.isChunked
                ? PlainBody.chunked(bytes, from: head.end) : PlainBody.sized(request.length ?? 0, bytes, from: head.end)
            switch body {
            case .invalid, .incomplete: return .head(request)
            case .body(let body):
                (request.body, request.end, request.overhead) = (body.bytes, body.end, body.overhead)
                return .request(request)
            }
        }
    }

    /// The request whose head is the whole of `head`, without its body.
    init?(head text: [UInt8]) {
        guard case .head(let head) = MessageHead.read(text), head.end == text.count else { return nil }
        self.init(head, start: 0)
    }

    private init?(_ head: MessageHead, start: Int) {
        let parts = head.startLine.split(separator: 32, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(PlainText.isToken), !parts[1].isEmpty,
            parts[1].allSatisfy({ (33...126).contains($0) })
        else { return nil }
        (method, target, isOld) = (parts[0], parts[1], PlainText.text(parts[2]) == "HTTP/1.0")
        (self.head, self.start, end) = (head, start, head.end)
        guard isOld || PlainText.text(parts[2]) == "HTTP/1.1" else { return nil }
        let (lengths, codings) = (head.values("content-length"), head.values("transfer-encoding"))
        guard lengths.count + codings.count <= 1 else { return nil }
        if let value = lengths.first {
            guard let number = PlainText.number(value), value.count == 1 || value.first != 48 else { return nil }
            length = number
        }
        if let coding = codings.first {
            guard !isOld, PlainText.lowercasedText(coding) == "chunked" else { return nil }
            isChunked = true
        }
        let hosts = head.values("host")
        guard hosts.count == 1 || (hosts.isEmpty && isOld) else { return nil }
    }

    /// The target up to its query.
    var path: [UInt8] { Array(target.prefix { $0 != UInt8(ascii: "?") }) }

    var framing: RequestHead.BodyFraming { isChunked ? .chunked : length.map { .length($0) } ?? .none }

    /// The values of all lines of a field.
    func values(_ name: String) -> [[UInt8]] { head.values(name) }

    /// Whether there is nothing about it that a careful server might not like: what is only ever written like this.
    var isPlain: Bool {
        let host = head.values("host").first ?? [97]
        return !host.isEmpty && host.count < 100 && host.allSatisfy { (97...122).contains($0) || $0 == 46 }
            && head.values("origin").count <= 1 && head.values("expect").isEmpty
    }
}

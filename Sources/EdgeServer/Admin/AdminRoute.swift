internal import EdgeCore
internal import NIOHTTP1

/// A GET of the admin listener's; HEAD is the same without the body.
struct AdminRequest {
    /// Without its query.
    let path: String
    /// Behind the `?`, as it came; empty without one.
    let query: String
    let headers: HTTPHeaders

    init(_ head: HTTPRequestHead) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? String(parts[1]) : ""
        headers = head.headers
    }
}

/// What the admin listener answers.
struct AdminResponse {
    enum Body {
        case bytes([UInt8])
        /// Stays open: called once, when the head is out.
        case stream((AdminStream) -> Void)
    }

    static let plainText = "text/plain; charset=utf-8"

    var status = 200
    var contentType = AdminResponse.plainText
    /// Header fields beside those that every answer has.
    var fields: [(name: String, value: String)] = []
    var body: Body

    init(_ status: Int = 200, contentType: String = AdminResponse.plainText, _ bytes: [UInt8]) {
        (self.status, self.contentType, body) = (status, contentType, .bytes(bytes))
    }

    init(_ status: Int = 200, contentType: String = AdminResponse.plainText, text: String) {
        self.init(status, contentType: contentType, Array(text.utf8))
    }

    init(contentType: String, stream: @escaping (AdminStream) -> Void) {
        (self.contentType, body) = (contentType, .stream(stream))
    }
}

/// One path of the admin listener's. Answers on the admin loop, once: at once, or later. Nobody else is kept waiting by an
/// answer that comes late, only by one that computes long.
struct AdminRoute {
    typealias Answer = (AdminResponse) -> Void

    let path: String
    /// What is there, for people who look around.
    let summary: String
    let answer: (AdminRequest, @escaping Answer) -> Void

    init(_ path: String, _ summary: String, answer: @escaping (AdminRequest, @escaping Answer) -> Void) {
        (self.path, self.summary, self.answer) = (path, summary, answer)
    }
}

import EdgeCore
import EdgeTestSupport

/// Makes the heads that tests need.
enum ServerFixtures {
    /// The head of `POST /v1/track HTTP/1.1` with these field lines; nil if it is malformed.
    static func head(_ fields: [String] = [], line: String = "POST /v1/track HTTP/1.1") -> RequestHead? {
        var text = "\(line)\r\nHost: edge.example\r\n"
        for field in fields { text += "\(field)\r\n" }
        text += "\r\n"
        return RequestHead.read(text.utf8)
    }
}

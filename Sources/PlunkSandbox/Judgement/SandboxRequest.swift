internal import EdgeCore

/// A request as the sandbox looks at it: read whole, header fields by their first occurrence, as Node's HTTP server
/// gives them for the fields that matter here.
struct SandboxRequest: Sendable {
    var method: String
    /// As on the request line, query included.
    var target: String
    var authorization: String?
    var contentType: String?
    var contentEncoding: String?
    var idempotencyKey: String?
    var requestID: String?
    /// `x-amz-sns-message-type`: any value makes Plunk parse the body as JSON, whatever its Content-Type.
    var notificationType: String?
    var body: [UInt8] = []
    /// Whether more of the body was sent than is read.
    var isTooLarge = false

    init(method: String, target: String) { (self.method, self.target) = (method, target) }

    /// Whether Plunk's body parser would read the body.
    var isJSON: Bool {
        if let notificationType, !notificationType.isEmpty { return true }
        guard let mediaType = contentType?.utf8.split(separator: UInt8(ascii: ";")).first else { return false }
        return mediaType.filter { !$0.isBlank }.equalsIgnoringCase("application/json")
    }
}

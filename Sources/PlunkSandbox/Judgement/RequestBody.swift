internal import EdgeCore

/// A request's body as Plunk's parser takes it: objects and arrays only; what is not declared as JSON, or empty, is an
/// object without members.
enum RequestBody {
    case event(TrackEvent)
    case invalid
    /// Compressed, which Plunk undoes and the sandbox does not.
    case encoded
    case tooLarge

    init(_ request: SandboxRequest) {
        if request.isTooLarge {
            self = .tooLarge
            return
        }
        let isRead = request.isJSON && !request.body.isEmpty
        if isRead, let encoding = request.contentEncoding, !encoding.utf8.equalsIgnoringCase("identity") {
            self = .encoded
            return
        }
        self = (isRead ? request.body : Array("{}".utf8)).withUnsafeBufferPointer { text in
            var body = TrackBody()
            do {
                try JSONScanner.scan(text, visitor: &body)
            } catch {
                return .invalid
            }
            if case .scalar = body.topLevel { return .invalid }
            return .event(TrackEvent(body, in: text))
        }
    }
}

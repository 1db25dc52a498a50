import EdgeCore

extension RequestHead {
    /// The head that these bytes of HTTP/1.1 begin with; nil if they do not begin with a whole one.
    package static func read(_ bytes: some Collection<UInt8>) -> RequestHead? {
        var reader = RequestReader()
        let event = Array(bytes).withUnsafeBytes {
            reader.next($0, limits: ConnectionSettings(), maximumBodySize: 64).event
        }
        guard case .head(let head) = event else { return nil }
        return head
    }
}

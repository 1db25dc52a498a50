internal import EdgeCore

/// Where a request goes in Plunk's forgiving router: letters in either case, one slash at the end and one doubled
/// slash make no difference, the query none either.
enum SandboxRoute: Hashable, Sendable {
    case track
    /// What a browser asks before it calls.
    case preflight
    /// Any other endpoint. Those that Plunk really has want a secret key.
    case other

    init(_ request: SandboxRequest) {
        let path = request.target.utf8.prefix { $0 != UInt8(ascii: "?") }
        if request.method == "OPTIONS", SandboxRoute.allowsEveryOrigin(request) {
            self = .preflight
        } else if request.method == "POST", SandboxRoute.isTrack(path) {
            self = .track
        } else {
            self = .other
        }
    }

    /// Whether answers carry Plunk's CORS fields for its public endpoints.
    static func allowsEveryOrigin(_ request: SandboxRequest) -> Bool {
        let path = request.target.utf8.prefix { $0 != UInt8(ascii: "?") }
        return path.equals("/v1") || path.starts(with: "/v1/".utf8)
    }

    private static func isTrack(_ path: some BidirectionalCollection<UInt8>) -> Bool {
        let trimmed = path.count > 1 && path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : Array(path)
        return trimmed.equalsIgnoringCase("/v1/track") || trimmed.equalsIgnoringCase("/v1//track")
    }
}

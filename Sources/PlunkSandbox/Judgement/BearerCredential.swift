internal import EdgeCore

/// What a request's Authorization holds, read as Plunk reads it: split at every space into exactly two parts, the
/// first literally `Bearer`.
enum BearerCredential: Hashable, Sendable {
    case missing
    case malformed
    case key(String)

    init(_ authorization: String?) {
        guard let authorization, !authorization.isEmpty else {
            self = .missing
            return
        }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].utf8.equals("Bearer"), !parts[1].isEmpty {
            self = .key(String(parts[1]))
        } else {
            self = .malformed
        }
    }
}

import EdgeCore

/// A policy in the words of the configuration, and the second judgement of heads by it.
struct PlainPolicy {
    struct Entry {
        var accepts: [String]
        var sends: String?
        var whenMissing = false
    }

    var endpoint = "/v1/track"
    var keys: [Entry] = []
    var origins = ["same-origin"]
    var requiresOrigin = false
    var maximumBodySize = 32 * 1024

    static let all = [
        PlainPolicy(),
        PlainPolicy(
            keys: [
                Entry(accepts: ["pk_web", "pk_old"], sends: "pk_live"), Entry(accepts: ["alias"], sends: "pk_alias"),
                Entry(accepts: ["pk_app"]),
            ], origins: ["https://app.example.com", "https://*.example.com", "null"]),
        PlainPolicy(
            endpoint: "/api/hello", keys: [Entry(accepts: ["pk_web"], sends: "pk_live", whenMissing: true)],
            origins: ["same-origin", "https://*.example.com:8443"], requiresOrigin: true, maximumBodySize: 64),
        PlainPolicy(origins: ["*"]),
    ]

    /// The policy that the rules read.
    var policy: Policy {
        let entries = keys.enumerated().map { index, entry in
            KeyTable.Entry(
                name: "entry\(index)", accepts: entry.accepts.map { Array($0.utf8).withUnsafeBytes(plainDigest) },
                sends: entry.sends.map { Array($0.utf8) }, whenMissing: entry.whenMissing)
        }
        var policy = Policy(keys: KeyTable(entries: entries, sha256: plainDigest))
        policy.endpoint = Array(endpoint.utf8)
        policy.origins.patterns = origins.map(PlainOrigin.pattern)
        policy.origins.required = requiresOrigin
        policy.body.maximumSize = maximumBodySize
        policy.perClient = nil
        return policy
    }

    /// Why a head is refused or answered here; nil if its body is read. With the key that goes upstream.
    ///
    /// - Parameter text: all of the head's bytes.
    func judge(_ head: PlainRequest, text: [UInt8], behindProxy: Bool) -> (reason: Reason?, key: [UInt8]?) {
        let finding = origin(of: head, behindProxy: behindProxy)
        let isForEndpoint = head.path == Array(endpoint.utf8)
        if head.method == Array("OPTIONS".utf8), !head.values("access-control-request-method").isEmpty,
            !head.values("origin").isEmpty
        {
            return (isForEndpoint && finding != .denied ? .preflight : .originDenied, nil)
        }
        if holdsSecret(head, text) { return (.secretKey, nil) }
        let key: [UInt8]
        switch self.key(of: head) {
        case .failure(let failure): return (failure.reason, nil)
        case .success(let sent): key = sent
        }
        guard head.method == Array("POST".utf8), isForEndpoint else { return (.wrongEndpoint, nil) }
        if finding == .denied || (finding == .absent && requiresOrigin) { return (.originDenied, nil) }
        if !isContentTypeGood(head) { return (.contentType, nil) }
        let repeats = head.values("idempotency-key")
        let isGood = repeats.allSatisfy { (1...255).contains($0.count) && $0.allSatisfy { (0x20...0x7E).contains($0) } }
        if repeats.count > 1 || !isGood { return (.badRequest, nil) }
        if let length = head.length, length > maximumBodySize { return (.bodyTooLarge, nil) }
        return (nil, key)
    }

    private func origin(of head: PlainRequest, behindProxy: Bool) -> PlainOrigin.Finding {
        let forwarded = behindProxy ? head.values("x-forwarded-host").first : nil
        return PlainOrigin.find(
            origin: head.values("origin").first, patterns: origins, host: forwarded ?? head.values("host").first,
            fetchSites: head.values("sec-fetch-site"))
    }

    private func holdsSecret(_ head: PlainRequest, _ text: [UInt8]) -> Bool {
        let places = head.values("authorization") + head.values("x-api-key")
        return places.contains { value in
            PlainKeys.contains(["sk_"], in: value, minimum: 0) != false
                || PlainKeys.containsInBasic(["sk_"], in: value)
        } || head.values("idempotency-key").contains { PlainKeys.contains(["sk_"], in: $0) != false }
            || PlainKeys.contains(["sk_"], in: text, isHead: true) != false
    }

    private struct NoKey: Error { var reason: Reason }

    private func key(of head: PlainRequest) -> Result<[UInt8], NoKey> {
        let lines = head.values("authorization")
        if lines.count > 1 { return .failure(NoKey(reason: .malformedAuth)) }
        guard let line = lines.first, !line.isEmpty else {
            let sent = keys.first { $0.whenMissing }?.sends
            return sent.map { .success(Array($0.utf8)) } ?? .failure(NoKey(reason: .missingAuth))
        }
        let shown = Array(line.dropFirst(7))
        guard line.starts(with: "Bearer ".utf8), !shown.isEmpty,
            shown.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") })
        else { return .failure(NoKey(reason: .malformedAuth)) }
        guard keys.isEmpty else {
            let entry = keys.first { $0.accepts.contains { Array($0.utf8) == shown } }
            return entry.map { .success($0.sends.map { Array($0.utf8) } ?? shown) }
                ?? .failure(NoKey(reason: .unknownKey))
        }
        let isPublic =
            shown.starts(with: "pk_".utf8) && (4...255).contains(shown.count)
            && shown.dropFirst(3).allSatisfy(PlainKeys.isKeyCharacter)
        return isPublic ? .success(shown) : .failure(NoKey(reason: .unknownKey))
    }

    private func isContentTypeGood(_ head: PlainRequest) -> Bool {
        let types = head.values("content-type")
        guard types.count == 1 else { return false }
        let type = PlainText.lowercasedText(PlainText.trimmed(types[0].prefix { $0 != UInt8(ascii: ";") }))
        return ["application/json", "text/plain"].contains(type)
            && head.values("content-encoding").allSatisfy { PlainText.lowercasedText($0) == "identity" }
    }
}

/// One request before the rules: what it is, by which configuration and at what time it is judged, and what the rules
/// have found out so far. A rule reads it and either lets it pass or ends it.
package struct Judgement {
    package let head: RequestHead
    package let client: Client
    package let snapshot: Snapshot
    package let now: Instant
    /// The buckets of all clients and keys, shared by all loops.
    let limiter: RateLimiter
    /// The host that the page's origin is compared with, as a trusted proxy names it or as it came.
    let host: Bytes?
    /// What the origin rule thinks, known from the start because refusals carry CORS headers too.
    package let origin: OriginFinding

    // What the rules find.

    /// The token of `Authorization: Bearer`, nil where none came and the configuration stands in for it.
    var shown: Bytes?
    /// What may be said of the key that was shown, or that is used in its place.
    package var fingerprint: KeyFingerprint?
    /// The digest of that key.
    var shownDigest: KeyDigest?
    /// By which its rate limit's bucket is found. All that an entry of the key table accepts shares one, which goes by
    /// the first of it: a rotation is no second limit.
    var bucket: KeyDigest?
    /// The public key that goes upstream, and its digest, by which Plunk's project is told apart.
    package var key: Bytes = []
    package var keyDigest: KeyDigest?
    /// The body as it came.
    var body: [UInt8] = []
    /// What the JSON rule found in the body, and what it means as an event.
    var scanned: TrackBody?
    var event: TrackEvent?
    /// The body that goes upstream, once everything has passed.
    package var rebuiltBody: [UInt8] = []

    package init(head: RequestHead, client: Client, snapshot: Snapshot, limiter: RateLimiter, now: Instant) {
        self.head = head
        self.client = client
        self.snapshot = snapshot
        self.limiter = limiter
        self.now = now
        let forwardedHost = client.isBehindTrustedProxy ? head.value(of: .forwardedHost) : nil
        host = forwardedHost ?? head.value(of: .host)
        origin = OriginFinding(head: head, host: host, policy: snapshot.settings.policy.origins)
    }

    /// Whether the request is for the one thing that clients may do.
    var isForEndpoint: Bool {
        head.method == .post && head.path.elementsEqual(snapshot.settings.policy.endpoint)
    }

    /// Overwrites what the client sent: the request is over, and what went upstream is in memory of its own. Views of the
    /// head that somebody kept would show zeros.
    ///
    /// - Parameter keepsRequestID: whether the client's X-Request-ID is the request's, and stays.
    package mutating func erase(keepsRequestID: Bool) {
        head.erase(keepsRequestID: keepsRequestID)
        eraseBody()
    }

    /// Overwrites and lets go of the body, and of what was made of it: what goes upstream is in memory of its own, and Plunk
    /// can take long.
    package mutating func eraseBody() {
        Erasure.erase(body)
        Erasure.erase(rebuiltBody)
        (body, rebuiltBody, scanned, event) = ([], [], nil, nil)
    }

    /// Remembers which key this is about.
    mutating func identify(_ key: Bytes, as kind: KeyFingerprint.Kind, name: String? = nil) {
        let digest = key.withUnsafeBytes(snapshot.settings.policy.keys.sha256)
        shownDigest = digest
        fingerprint = KeyFingerprint(of: key, digest: digest, kind: kind, name: name)
    }
}

/// Everything the rules of a request read: an immutable part of the configuration's snapshot.
package struct Policy: Sendable {
    /// The one public path, compared byte for byte.
    package var endpoint: [UInt8] = Array("/v1/track".utf8)
    package var keys: KeyTable
    package var origins = OriginPolicy()
    package var body = BodyPolicy()
    /// Event names that may be sent; empty means that none may.
    package var events: [EventPattern] = [EventPattern("*")]
    package var perClient: RateLimit? = RateLimit(perSecond: 20, burst: 100)
    package var perKey: RateLimit?

    package init(keys: KeyTable) { self.keys = keys }
}

/// A token bucket's figures.
package struct RateLimit: Hashable, Sendable {
    /// Tokens a second that come back; may be a fraction (`6/m` is 0.1).
    package var perSecond: Double
    /// How many tokens there are at most: requests that may come at once.
    package var burst: Int

    package init(perSecond: Double, burst: Int) { (self.perSecond, self.burst) = (perSecond, burst) }
}

/// Who may call from a browser.
package struct OriginPolicy: Hashable, Sendable {
    package enum Pattern: Hashable, Sendable {
        /// What the browser itself says is the same origin, or `Origin` with the host and port of `Host`.
        case sameOrigin
        /// A serialized origin (RFC 6454, section 6.2), in lower case: `https://app.example.com`, `http://localhost:3000`.
        case exact(String)
        /// `https://*.example.com`: scheme with `://`, and the suffix with its leading dot and the port, if any.
        case subdomains(scheme: String, suffix: String)
        /// The literal origin `null` (sandboxed frames, files).
        case null
        /// Any origin.
        case any
    }

    package var patterns: [Pattern] = [.sameOrigin]
    /// Refuse requests without `Origin`, which apps and servers do not send.
    package var required = false

    package init() {}
}

package struct BodyPolicy: Hashable, Sendable {
    package enum UnknownFields: String, CaseIterable, Sendable { case strip, reject }
    package enum Subscribed: String, CaseIterable, Sendable { case pass, strip, reject }

    /// In bytes, as sent.
    package var maximumSize = 32 * 1024
    package var unknownFields: UnknownFields = .strip
    package var subscribed: Subscribed = .pass

    package init() {}
}

/// A name of an event, or a beginning of names where it ends in `*`.
package struct EventPattern: Hashable, Sendable {
    package var name: [UInt8]
    package var isPrefix: Bool

    package init(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        isPrefix = bytes.last == UInt8(ascii: "*")
        name = isPrefix ? bytes.dropLast() : bytes
    }

    package func matches(_ event: some Collection<UInt8>) -> Bool {
        isPrefix ? event.starts(with: name) : event.elementsEqual(name)
    }
}

/// The header fields of a request from the edge to Plunk, by their names in lower case.
package enum UpstreamFields {
    /// Those of every request.
    package static let required: Set<String> = [
        "host", "authorization", "content-type", "content-length", "accept", "user-agent", "x-request-id",
    ]

    /// All that there may be.
    package static let allowed = required.union(["idempotency-key", "x-forwarded-for", "traceparent"])
}

import EdgeCore

extension EdgeSettings {
    /// Settings of which only the policy matters: nobody listens, and nobody is upstream.
    package init(policy: Policy) {
        let origin = UpstreamSettings.Origin(scheme: .https, host: "api.example", port: 443, pathPrefix: "")
        self.init(listeners: [], upstream: UpstreamSettings(origin: origin), policy: policy)
    }
}

extension Policy {
    /// For tests in which no key is shown: all have the same digest.
    package static let withoutKeys = Policy(keys: KeyTable(sha256: { _ in KeyDigest((0, 0, 0, 0)) }))
}

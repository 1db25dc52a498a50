/// One metric of the catalogue, by the conventions of Prometheus and OpenMetrics: what it is, not how much.
package struct Metric: Hashable, Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// With everything that its kind and unit ask for at the end, as a query names it: `_total` where it counts.
    package let name: String
    package let kind: Kind
    /// A base unit, and the end of the name (before `_total`); nil for plain numbers.
    package let unit: String?
    package let help: String
    package let labels: [String]

    init(_ name: String, _ kind: Kind, unit: String? = nil, labels: [String] = [], _ help: String) {
        (self.name, self.kind, self.unit, self.labels, self.help) = (name, kind, unit, labels, help)
    }
}

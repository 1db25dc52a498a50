/// Every metric there is. Nothing that a client has chosen is a label, and no name of a key.
package enum MetricCatalog {
    package static let requests = Metric(
        "plunk_edge_requests_total", .counter, labels: ["outcome", "reason"],
        "Requests that have ended, by the outcome and reason of their access record.")
    package static let requestDuration = Metric(
        "plunk_edge_request_duration_seconds", .histogram, unit: "seconds", labels: ["outcome"],
        "From a request's first byte to its answer.")
    package static let logDropped = Metric(
        "plunk_edge_access_log_dropped_total", .counter, "Access records that could not be written and are lost.")
    package static let buildInfo = Metric(
        "plunk_edge_build_info", .gauge, labels: ["version", "curl", "openssl"],
        "Always 1; the labels say what runs.")

    /// In the order in which they are shown.
    package static let all: [Metric] = [requests, requestDuration, logDropped, buildInfo]
}

/// Every metric there is. Nothing that a client has chosen is a label, and no name of a key.
package enum MetricCatalog {
    // MARK: Requests

    package static let requests = Metric(
        "plunk_edge_requests_total", .counter, labels: ["outcome", "reason"],
        "Requests that have ended, by the outcome and reason of their access record.")
    package static let requestDuration = Metric(
        "plunk_edge_request_duration_seconds", .histogram, unit: "seconds", labels: ["outcome"],
        "From a request's head to its answer, or to its end without one.")
    package static let rateLimited = Metric(
        "plunk_edge_rate_limited_total", .counter, labels: ["limit"],
        "Requests turned down by a rate limit: per client, per key, or Plunk's while it lasts.")
    package static let logDropped = Metric(
        "plunk_edge_access_log_dropped_total", .counter, "Access records that could not be written and are lost.")
    package static let logWaiting = Metric(
        "plunk_edge_access_log_waiting_bytes", .gauge, unit: "bytes",
        "Access records that wait to be written; those that find no room among them are dropped.")

    // MARK: Connections of clients

    package static let connections = Metric(
        "plunk_edge_connections", .gauge, labels: ["protocol"],
        "Connections of clients that are open; undecided ones have not said yet what they speak.")
    package static let connectionsOpened = Metric(
        "plunk_edge_connections_opened_total", .counter, labels: ["protocol", "tls"],
        "Connections on which a client has begun to speak, by protocol and version of TLS.")
    package static let connectionsDisplaced = Metric(
        "plunk_edge_connections_displaced_total", .counter,
        "Connections of clients that kept the edge waiting and were closed to make room for others.")
    package static let handshakes = Metric(
        "plunk_edge_tls_handshakes_total", .counter, labels: ["version", "resumed"],
        "TLS handshakes with clients that came to their end.")
    package static let handshakeFailures = Metric(
        "plunk_edge_tls_handshake_failures_total", .counter, labels: ["cause"],
        "TLS handshakes with clients that came to nothing.")
    package static let certificateExpiry = Metric(
        "plunk_edge_certificate_expiry_timestamp_seconds", .gauge, unit: "seconds", labels: ["certificate"],
        "When a certificate of the configuration expires, by its file.")

    // MARK: Plunk

    package static let upstreamDuration = Metric(
        "plunk_edge_upstream_duration_seconds", .histogram, unit: "seconds", labels: ["phase"],
        "What requests to Plunk took: connect and tls of new connections, first_byte and total from acceptance.")
    package static let upstreamWait = Metric(
        "plunk_edge_upstream_wait_duration_seconds", .histogram, unit: "seconds",
        "How long requests waited for a connection to Plunk.")
    package static let upstreamResponses = Metric(
        "plunk_edge_upstream_responses_total", .counter, labels: ["status"], "Answers of Plunk's, by kind of status.")
    package static let upstreamConnections = Metric(
        "plunk_edge_upstream_connections", .gauge, labels: ["state"],
        "Connections to Plunk: active ones serve a request or are being opened, idle ones wait.")
    package static let upstreamConnectionsOpened = Metric(
        "plunk_edge_upstream_connections_opened_total", .counter, "Connections to Plunk that came about.")
    package static let upstreamConnectionsFailed = Metric(
        "plunk_edge_upstream_connection_failures_total", .counter, "Connections to Plunk that did not come about.")
    package static let upstreamWaiting = Metric(
        "plunk_edge_upstream_waiting_requests", .gauge, "Requests that wait for a connection to Plunk.")
    package static let upstreamInFlight = Metric(
        "plunk_edge_upstream_in_flight_requests", .gauge, "Requests accepted for Plunk and not yet answered.")
    package static let upstreamRetries = Metric(
        "plunk_edge_upstream_retries_total", .counter, "Requests given a second connection after the first was lost.")
    package static let breakerOpen = Metric(
        "plunk_edge_breaker_open", .gauge, "1 while Plunk does not answer and requests are kept away from it, else 0.")
    package static let breakerOpened = Metric(
        "plunk_edge_breaker_opened_total", .counter, "How often the breaker has opened.")

    // MARK: Operation

    package static let ready = Metric(
        "plunk_edge_ready", .gauge, "1 while /readyz says that requests should be sent here, else 0.")
    package static let reloads = Metric(
        "plunk_edge_reloads_total", .counter, labels: ["result"], "Reloads of the configuration.")
    package static let lastReloadSuccessful = Metric(
        "plunk_edge_configuration_last_reload_successful", .gauge,
        "1 if the last reload took the configuration into use, or there was none; 0 if the old one stayed.")
    package static let lastReloadTime = Metric(
        "plunk_edge_configuration_last_reload_success_timestamp_seconds", .gauge, unit: "seconds",
        "When the configuration in use was taken into use.")
    package static let buildInfo = Metric(
        "plunk_edge_build_info", .gauge, labels: ["version", "curl", "openssl"],
        "Always 1; the labels say what runs.")

    // MARK: The process, by the names that every exporter uses

    package static let processCPU = Metric(
        "process_cpu_seconds_total", .counter, unit: "seconds", "User and system CPU time spent.")
    package static let processResident = Metric(
        "process_resident_memory_bytes", .gauge, unit: "bytes", "Resident memory size.")
    package static let processVirtual = Metric(
        "process_virtual_memory_bytes", .gauge, unit: "bytes", "Virtual memory size.")
    package static let processDescriptors = Metric("process_open_fds", .gauge, "Open file descriptors.")
    package static let processDescriptorLimit = Metric("process_max_fds", .gauge, "Most file descriptors allowed.")
    package static let processThreads = Metric("process_threads", .gauge, "Threads of the process.")
    package static let processStart = Metric(
        "process_start_time_seconds", .gauge, unit: "seconds", "When the process started, since 1970.")

    /// In the order in which they are shown.
    package static let all: [Metric] = [
        requests, requestDuration, rateLimited, logDropped, logWaiting, connections, connectionsOpened,
        connectionsDisplaced, handshakes, handshakeFailures, certificateExpiry, upstreamDuration, upstreamWait,
        upstreamResponses, upstreamConnections, upstreamConnectionsOpened, upstreamConnectionsFailed, upstreamWaiting,
        upstreamInFlight, upstreamRetries, breakerOpen, breakerOpened, ready, reloads, lastReloadSuccessful,
        lastReloadTime, buildInfo, processCPU, processResident, processVirtual, processDescriptors,
        processDescriptorLimit, processThreads, processStart,
    ]
}

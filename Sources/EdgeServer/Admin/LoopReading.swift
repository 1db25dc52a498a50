internal import EdgeRecords
internal import EdgeTLS
internal import EdgeUpstream

/// What one traffic loop says of itself, or several together.
struct LoopReading: Sendable {
    var metrics = LoopMetrics()
    var tls = TLSCounts()
    var upstream = UpstreamReading()
    /// Connections of clients, those included that have not said yet what they speak.
    var connections = 0
}

extension LoopReading {
    init(summing readings: [LoopReading]) {
        for reading in readings {
            metrics.add(reading.metrics)
            tls.add(reading.tls)
            upstream.add(reading.upstream)
            connections += reading.connections
        }
    }
}

package import EdgeCore

/// One line of the access log as it is read back: what ``AccessRecord`` became, with names as text, so that a line of
/// another version is shown as well.
package struct AccessLogEntry: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package var type: String?
        package var id: String?
        package var last4: String?
        package var name: String?

        package init() {}

        /// What it is called for short: the name of its entry, else its last characters, else its fingerprint.
        var label: String {
            if let name { return name }
            if let last4 { return (type == "secret" ? "sk_…" : "pk_…") + last4 }
            return id.map { "#" + $0 } ?? type ?? "-"
        }
    }

    package struct Upstream: Hashable, Sendable {
        package var status: Int?
        package var requestID: String?
        package var address: String?
        package var `protocol`: String?
        package var isReused: Bool?
        package var connectMicroseconds: Int?
        package var tlsMicroseconds: Int?
        package var firstByteMicroseconds: Int?
        package var totalMicroseconds: Int?
        package var attempts: Int?

        package init() {}
    }

    package var time: WallTime
    package var requestID: String
    package var outcome: String
    package var client: String?
    package var `protocol`: String?
    package var tls: String?
    package var method: String?
    package var path: String?
    package var host: String?
    package var origin: String?
    package var userAgent: String?
    package var key: Key?
    package var status: Int?
    package var code: String?
    package var reason: String?
    package var bytesIn: Int?
    package var bytesOut: Int?
    package var durationMicroseconds: Int?
    package var upstream: Upstream?

    package init(time: WallTime, requestID: String, outcome: String) {
        (self.time, self.requestID, self.outcome) = (time, requestID, outcome)
    }
}

/// What a line of the access log turns out to be.
package enum AccessLogLine: Hashable, Sendable {
    case record(AccessLogEntry)
    /// Records are missing here.
    case dropped(count: Int, time: WallTime)
    /// Not JSON, longer than 64 KiB, or without what every line has.
    case broken
}

internal import EdgeCore

/// A column of the table that `plunk-edge logs` shows.
enum AccessLogColumn: CaseIterable {
    case time, status, result, request, key, client, duration

    var heading: String {
        switch self {
        case .time: "TIME"
        case .status: "HTTP"
        case .result: "RESULT"
        case .request: "REQUEST"
        case .key: "KEY"
        case .client: "CLIENT"
        case .duration: "TOOK"
        }
    }

    /// Columns of the terminal that it needs; all of them together fit 80.
    var minimumWidth: Int {
        switch self {
        case .time: 8
        case .status: 4
        case .result: 16
        case .request: 17
        case .key: 8
        case .client: 15
        case .duration: 6
        }
    }

    /// The width in which nothing usual is cut.
    var idealWidth: Int {
        switch self {
        case .time: 12
        case .status: 4
        case .result: 25
        case .request: 32
        case .key: 20
        case .client: 39
        case .duration: 8
        }
    }

    var isAlignedRight: Bool { self == .duration }

    func text(of entry: AccessLogEntry, width: Int) -> String {
        switch self {
        case .time: width >= idealWidth ? entry.time.preciseTimeOfDay : entry.time.timeOfDay
        case .status: entry.status.map { "\($0)" } ?? "-"
        case .result: entry.reason ?? entry.outcome
        case .request: [entry.method, entry.path].compactMap { $0 }.joined(separator: " ").orDash
        case .key: entry.key?.label ?? "-"
        case .client: entry.client ?? "-"
        case .duration: entry.durationMicroseconds.map { Self.duration($0, width: width) } ?? "-"
        }
    }

    /// Three digits that matter, with their unit: `0.42ms`, `8.41ms`, `153ms`, `15.0s`.
    static func duration(_ microseconds: Int) -> String { duration(microseconds, width: .max) }

    private static func duration(_ microseconds: Int, width: Int) -> String {
        switch microseconds {
        case ..<10: width < 7 ? "<.01ms" : "<0.01ms"
        case ..<10_000: decimal(microseconds, per: 1000, digits: 2) + "ms"
        case ..<100_000: decimal(microseconds, per: 1000, digits: 1) + "ms"
        case ..<1_000_000: "\(microseconds / 1000)ms"
        case ..<100_000_000: decimal(microseconds, per: 1_000_000, digits: 1) + "s"
        default: "\(microseconds / 1_000_000)s"
        }
    }

    private static func decimal(_ number: Int, per unit: Int, digits: Int) -> String {
        let scale = digits == 1 ? 10 : 100
        let fraction = String(number % unit / (unit / scale))
        return "\(number / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension String {
    fileprivate var orDash: String { isEmpty ? "-" : self }
}

internal import EdgeCore

/// What a log amounts to, gathered line by line in memory that does not grow with it.
struct LogSummary {
    /// A secret key that came, by its fingerprint.
    struct Leak {
        var id: String
        var last4: String?
        var count = 0
        var first: WallTime
        var last: WallTime
        /// The pages that it came from, where they are known, as they first came.
        var origins: [String] = []
        /// Whether there were more pages than are kept.
        var hasOtherOrigins = false
    }

    struct Slow {
        var microseconds: Int
        var line: [UInt8]
    }

    static let leaksKept = 256
    static let reasonsKept = 256
    static let originsKept = 32
    static let slowestKept = 5

    private(set) var records = 0
    /// Records that the log itself says are missing.
    private(set) var dropped = 0
    private(set) var first: WallTime?
    private(set) var last: WallTime?
    private(set) var outcomes = CountTable(capacity: reasonsKept)
    private(set) var reasons = CountTable(capacity: reasonsKept)
    private(set) var keys = CountTable()
    private(set) var origins = CountTable()
    private(set) var clients = CountTable()
    private(set) var latency = LatencyHistogram()
    private(set) var latencyByOutcome = [LatencyHistogram](repeating: LatencyHistogram(), count: Outcome.allCases.count)
    private(set) var bins = TimeBins()
    private(set) var leaks: [String: Leak] = [:]
    /// Requests with secret keys beyond those that are told apart.
    private(set) var otherLeaks = 0
    /// The slowest records, slowest first.
    private(set) var slowest: [Slow] = []

    private static let outcomeNames = Outcome.allCases.map { Array($0.rawValue.utf8) }
    private static let secret = Array("secret".utf8)

    mutating func add(_ line: LogLine) {
        switch line.kind {
        case .broken: return
        case .dropped(let count):
            dropped += count
            return
        case .record: break
        }
        let (fields, text) = (line.fields, line.text)
        records += 1
        first = first.map { min($0, fields.time) } ?? fields.time
        last = last.map { max($0, fields.time) } ?? fields.time
        let outcome = text[fields.outcome].flatMap { name in
            Self.outcomeNames.firstIndex { $0.count == name.count && name.elementsEqual($0) }
        }
        if let name = text[fields.outcome] { outcomes.add(name) }
        if let reason = text[fields.reason] { reasons.add(reason) }
        if let origin = text[fields.origin] { origins.add(origin) }
        if let client = text[fields.client] { clients.add(client) }
        addKey(fields, text)
        bins.add(fields.time, isRefusal: outcome.map { Outcome.allCases[$0].isRefusal } ?? false)
        guard let microseconds = fields.durationMicroseconds else { return }
        latency.add(microseconds)
        if let outcome { latencyByOutcome[outcome].add(microseconds) }
        if slowest.count < Self.slowestKept || microseconds > slowest.last?.microseconds ?? 0 {
            let place = slowest.firstIndex { $0.microseconds < microseconds } ?? slowest.count
            slowest.insert(Slow(microseconds: microseconds, line: Array(line.bytes)), at: place)
            if slowest.count > Self.slowestKept { slowest.removeLast() }
        }
    }

    /// Under the name that the configuration gives it, else as the table shows it.
    private mutating func addKey(_ fields: LineFields, _ text: UnsafeBufferPointer<UInt8>) {
        guard let type = text[fields.keyType] else { return }
        if type.elementsEqual(Self.secret) { addLeak(fields, text) }
        if let name = text[fields.keyName] { return keys.add(name) }
        var key = AccessLogEntry.Key()
        func string(_ place: LineFields.Place) -> String? { text[place].map { String(decoding: $0, as: UTF8.self) } }
        key.type = string(fields.keyType)
        key.id = string(fields.keyID)
        key.last4 = string(fields.keyLast4)
        Array(key.label.utf8).withUnsafeBufferPointer { keys.add($0) }
    }

    private mutating func addLeak(_ fields: LineFields, _ text: UnsafeBufferPointer<UInt8>) {
        guard let bytes = text[fields.keyID] else { return }
        let id = String(decoding: bytes.prefix(16), as: UTF8.self)
        if leaks[id] == nil, leaks.count == Self.leaksKept {
            otherLeaks += 1
            return
        }
        var leak = leaks[id] ?? Leak(id: id, first: fields.time, last: fields.time)
        leak.count += 1
        leak.first = min(leak.first, fields.time)
        leak.last = max(leak.last, fields.time)
        leak.last4 = text[fields.keyLast4].map { String(decoding: $0.prefix(16), as: UTF8.self) } ?? leak.last4
        if let origin = text[fields.origin].map({ String(decoding: $0.prefix(256), as: UTF8.self) }),
            !leak.origins.contains(origin)
        {
            let isFull = leak.origins.count == Self.originsKept
            if isFull { leak.hasOtherOrigins = true } else { leak.origins.append(origin) }
        }
        leaks[id] = leak
    }
}

extension Outcome {
    /// Whether the edge refused the request.
    var isRefusal: Bool {
        switch self {
        case .rejected, .limited, .overloaded: true
        case .forwarded, .preflight, .upstreamFailed, .clientGone: false
        }
    }
}

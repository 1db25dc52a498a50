package import EdgeCore
private import Glibc

/// Which records are shown. Conditions of one kind are alternatives, those of different kinds hold together; none at
/// all lets everything pass.
package struct LogFilter: Hashable, Sendable {
    /// `401`, or with `5xx` all of a hundred.
    package struct Status: Hashable, Sendable {
        package var range: ClosedRange<Int>

        package init(_ range: ClosedRange<Int>) { self.range = range }
    }

    /// A key by the configuration's name for it, its fingerprint or its last characters: whichever is equal.
    package struct Key: Hashable, Sendable {
        var text: [UInt8]
        /// The same in lower case, as fingerprints are.
        var fingerprint: [UInt8]
    }

    /// An origin as a whole, or by its host.
    package struct Origin: Hashable, Sendable {
        var text: [UInt8]
        var isHost: Bool
    }

    package var statuses: [Status] = []
    package var outcomes: [String] = []
    package var reasons: [String] = []
    package var codes: [String] = []
    package var keys: [Key] = []
    package var clients: [AddressBlock] = []
    package var origins: [Origin] = []
    /// Whole, or the first eight characters or more.
    package var requestIDs: [String] = []
    /// Records that took at least so long.
    package var slowerThan: Instant.Span?
    /// Records from this moment on.
    package var since: WallTime?
    /// Records before this moment.
    package var until: WallTime?

    package init() {}
}

/// A filter made ready to be asked for each line of a log.
struct LineFilter {
    private let filter: LogFilter
    private let (outcomes, reasons, codes, requestIDs): ([[UInt8]], [[UInt8]], [[UInt8]], [[UInt8]])
    private let microseconds: Int?

    init(_ filter: LogFilter) {
        self.filter = filter
        outcomes = filter.outcomes.map { Array($0.utf8) }
        reasons = filter.reasons.map { Array($0.utf8) }
        codes = filter.codes.map { Array($0.utf8) }
        requestIDs = filter.requestIDs.map { Array($0.utf8) }
        microseconds = filter.slowerThan.map { Int($0.nanoseconds / 1000) }
    }

    /// Whether the line is to be shown. Where records are missing, any could have been one that is looked for: such a
    /// line is judged by its time alone. Broken lines never pass.
    func passes(_ line: LogLine) -> Bool {
        let fields = line.fields
        if let since = filter.since, fields.time < since { return false }
        if let until = filter.until, fields.time >= until { return false }
        switch line.kind {
        case .broken: return false
        case .dropped: return true
        case .record: break
        }
        if !filter.statuses.isEmpty {
            guard let status = fields.status, filter.statuses.contains(where: { $0.range.contains(status) }) else {
                return false
            }
        }
        if let microseconds {
            guard let duration = fields.durationMicroseconds, duration >= microseconds else { return false }
        }
        let text = line.text
        return Self.holds(outcomes, text[fields.outcome]) && Self.holds(reasons, text[fields.reason])
            && Self.holds(codes, text[fields.code]) && holdsRequestID(text[fields.requestID])
            && holdsKey(fields, text) && holdsClient(text[fields.client]) && holdsOrigin(text[fields.origin])
    }

    private static func holds(_ wanted: [[UInt8]], _ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        wanted.isEmpty || wanted.contains { isEqual($0, value) }
    }

    private static func isEqual(_ wanted: [UInt8], _ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        guard let value, let base = value.baseAddress, value.count == wanted.count else { return false }
        return memcmp(base, wanted, wanted.count) == 0
    }

    private func holdsRequestID(_ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        if requestIDs.isEmpty { return true }
        guard let value else { return false }
        return requestIDs.contains { wanted in
            wanted.count >= 8 ? value.starts(with: wanted) : value.elementsEqual(wanted)
        }
    }

    private func holdsKey(_ fields: LineFields, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        filter.keys.isEmpty
            || filter.keys.contains { key in
                Self.isEqual(key.text, text[fields.keyName]) || Self.isEqual(key.fingerprint, text[fields.keyID])
                    || Self.isEqual(key.text, text[fields.keyLast4])
            }
    }

    private func holdsClient(_ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        if filter.clients.isEmpty { return true }
        guard let value, let address = IPAddress(in: value) else { return false }
        return filter.clients.contains { $0.contains(address) }
    }

    private func holdsOrigin(_ value: UnsafeBufferPointer<UInt8>?) -> Bool {
        if filter.origins.isEmpty { return true }
        guard let value else { return false }
        return filter.origins.contains { origin in
            value.count >= origin.text.count
                && (origin.isHost ? Self.host(value) : value[...]).lazy.map(\.asciiLowercased)
                    .elementsEqual(origin.text)
        }
    }

    /// What stands between the scheme and the port of an origin.
    private static func host(_ origin: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var start = origin.startIndex
        for index in origin.indices where index >= 2 && origin[index] == 0x2F && origin[index - 1] == 0x2F {
            start = index + 1
            break
        }
        let rest = origin[start...]
        let end = rest.lastIndex(of: 0x3A).flatMap { colon in
            rest[colon...].dropFirst().allSatisfy(\.isASCIIDigit) ? colon : nil
        }
        return rest[..<(end ?? rest.endIndex)]
    }
}

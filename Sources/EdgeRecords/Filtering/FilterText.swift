package import EdgeCore

/// What is wrong with a value of a filter, and what to write instead.
package struct FilterProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

/// Reads the values of the viewer's filters. Lists are separated by commas.
extension LogFilter {
    package mutating func addStatuses(_ text: String) throws(FilterProblem) {
        for part in try Self.parts(text) {
            let digits = part.utf8.prefix { $0.isASCIIDigit }
            let rest = part.utf8.dropFirst(digits.count).map(\.asciiLowercased)
            guard let number = Int(String(decoding: digits, as: UTF8.self)) else { throw Self.noStatus(part) }
            switch (digits.count, rest) {
            case (3, []) where (100...599).contains(number): statuses.append(Status(number...number))
            case (1, Array("xx".utf8)) where (1...5).contains(number):
                statuses.append(Status(number * 100...number * 100 + 99))
            default: throw Self.noStatus(part)
            }
        }
    }

    private static func noStatus(_ part: String) -> FilterProblem {
        FilterProblem("\(quoted(part)) is no status: write a number (401), all of a hundred (5xx), or both (401,5xx)")
    }

    /// - Returns: names that are none of this version, and so may be a mistake or another version's.
    package mutating func addOutcomes(_ text: String) throws(FilterProblem) -> [String] {
        try Self.names(text, "outcome", Outcome.allCases.map(\.rawValue), { Self.underscored($0) }, &outcomes)
    }

    /// - Returns: names that are none of this version, and so may be a mistake or another version's.
    package mutating func addReasons(_ text: String) throws(FilterProblem) -> [String] {
        try Self.names(text, "reason", Reason.allCases.map(\.rawValue), { Self.underscored($0) }, &reasons)
    }

    /// - Returns: codes that the edge does not know, and so may be a mistake or new ones of Plunk.
    package mutating func addCodes(_ text: String) throws(FilterProblem) -> [String] {
        try Self.names(
            text, "code", ErrorCode.allCases.map(\.rawValue), { Self.underscored($0).uppercased() }, &codes)
    }

    /// As the table shows keys, too: `#0a1b2c3d`, `pk_…9f3c`.
    package mutating func addKeys(_ text: String) throws(FilterProblem) {
        for part in try Self.parts(text) {
            let bytes = Array(part.utf8)
            guard bytes.count <= 12 || !(bytes.starts(with: "pk_".utf8) || bytes.starts(with: "sk_".utf8)) else {
                throw FilterProblem(
                    "a whole key does not belong on a command line, where others see it: name it as the configuration "
                        + "does, or by its last four characters, or by the first 8 hex digits of its SHA-256")
            }
            var value = part[...]
            for mark in ["pk_…", "sk_…", "…", "#"] where value.hasPrefix(mark) {
                value = value.dropFirst(mark.count)
                break
            }
            keys.append(Key(text: Array(value.utf8), fingerprint: value.utf8.map(\.asciiLowercased)))
        }
    }

    package mutating func addClients(_ text: String) throws(FilterProblem) {
        for part in try Self.parts(text) {
            switch part {
            case "loopback": clients += AddressBlock.loopback
            case "private": clients += AddressBlock.private
            default: clients.append(try Self.block(part))
            }
        }
    }

    package mutating func addOrigins(_ text: String) throws(FilterProblem) {
        for part in try Self.parts(text) {
            let lowercase = part.utf8.map(\.asciiLowercased)
            let isWhole = part == "null" || part.contains("://")
            origins.append(
                Origin(text: isWhole && lowercase.last == 0x2F ? lowercase.dropLast() : lowercase, isHost: !isWhole))
        }
    }

    package mutating func addRequestIDs(_ text: String) throws(FilterProblem) { requestIDs += try Self.parts(text) }

    package mutating func setSlower(_ text: String) throws(FilterProblem) {
        guard let span = TimeText.span(text) else {
            throw FilterProblem("\(Self.quoted(text)) is no duration: write a number and a unit (200ms, 3s, 5m)")
        }
        slowerThan = span
    }

    package mutating func setSince(_ text: String, now: WallTime) throws(FilterProblem) {
        since = try Self.time(text, now: now)
        try checkOrder()
    }

    package mutating func setUntil(_ text: String, now: WallTime) throws(FilterProblem) {
        until = try Self.time(text, now: now)
        try checkOrder()
    }

    private func checkOrder() throws(FilterProblem) {
        guard let since, let until, since >= until else { return }
        throw FilterProblem("nothing lies between: --since is \(since.iso8601), and --until \(until.iso8601)")
    }

    // MARK: Pieces

    private static func time(_ text: String, now: WallTime) throws(FilterProblem) -> WallTime {
        guard let time = TimeText.moment(text, now: now) else {
            throw FilterProblem(
                "\(quoted(text)) is no time: write how long ago (15m, 2h, 7d), or a date and time of UTC "
                    + "(2026-11-23, 2026-11-23T13:39, 2026-11-23T13:39:09+01:00)")
        }
        return time
    }

    private static func block(_ text: String) throws(FilterProblem) -> AddressBlock {
        do throws(AddressBlock.TextProblem) {
            let (address, length) = try AddressBlock.parts(of: text)
            return AddressBlock(base: address, length: length)
        } catch {
            switch error {
            case .address:
                throw FilterProblem(
                    "\(quoted(text)) is no address: write one (203.0.113.7, 2001:db8::7), a block (10.0.0.0/8), "
                        + "loopback or private")
            case .length(let maximum):
                throw FilterProblem("\(quoted(text)) is no block: write 0 to \(maximum) after the slash")
            }
        }
    }

    private static func names(
        _ text: String, _ what: String, _ known: [String], _ normalise: (String) -> String, _ names: inout [String]
    ) throws(FilterProblem) -> [String] {
        var unknown: [String] = []
        for part in try parts(text) {
            let name = normalise(part)
            names.append(name)
            if known.contains(name) { continue }
            let near = Spelling.nearest(to: name, among: known)
            guard near.isEmpty else {
                throw FilterProblem("there is no \(what) \(quoted(part)): did you mean \(near.listed("or"))?")
            }
            unknown.append(part)
        }
        return unknown
    }

    private static func underscored(_ text: String) -> String {
        String(
            decoding: text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0.asciiLowercased }, as: UTF8.self)
    }

    private static func parts(_ text: String) throws(FilterProblem) -> [String] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !parts.contains("") else { throw FilterProblem("\(quoted(text)) has an empty value in it") }
        return parts
    }

    /// What somebody typed, in quotes, cut and without what controls a terminal.
    private static func quoted(_ text: String) -> String {
        var shown = ""
        TerminalText(text).append(width: min(60, TerminalText(text).columns), to: &shown)
        return "\"\(shown)\""
    }
}

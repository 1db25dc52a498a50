internal import EdgeCore

/// The name of a rotated access log: the log's own and the time of its rotation, `access.log.20261126T014205.123Z`, so
/// that names sort by age and are never changed but for `.gz` behind them. Nothing else in the folder is ours.
struct RotatedName: Equatable {
    enum Form: String, CaseIterable {
        case plain = ""
        case compressed = ".gz"
        /// Being compressed, or left behind where that ended early.
        case partial = ".gz.partial"
    }

    /// As the folder has it.
    var text: String
    var time: WallTime
    var form: Form

    /// Nil for a file that is none of ours.
    ///
    /// - Parameters:
    ///   - text: a file's name.
    ///   - log: the log's own name.
    init?(_ text: String, log: String) {
        // Bytes: `==` of strings takes different names for the same.
        let prefix = Array(log.utf8) + [UInt8(ascii: ".")]
        guard text.utf8.starts(with: prefix) else { return nil }
        let rest = text.utf8.dropFirst(prefix.count)
        let stamp = Array(rest.prefix(Self.stampSize))
        let ending = String(decoding: rest.dropFirst(Self.stampSize), as: UTF8.self)
        guard let time = Self.time(of: stamp), let form = Form(rawValue: ending) else { return nil }
        (self.text, self.time, self.form) = (text, time, form)
    }

    /// What stands behind the log's own name and a full stop: `20261126T014205.123Z`.
    static func stamp(at time: WallTime) -> String { time.iso8601.filter { $0 != "-" && $0 != ":" } }

    /// When a log that is rotated now is to say that it was: behind all others, or a clock that has gone back, maybe before
    /// a restart, would make the newest file the oldest, which goes first.
    ///
    /// - Parameters:
    ///   - log: the log's own name.
    ///   - files: names of all that is in the folder.
    static func time(for log: String, among files: [String], at now: WallTime) -> WallTime {
        guard let newest = files.lazy.compactMap({ RotatedName($0, log: log)?.time }).max(),
            let next = time(after: newest)
        else { return now }
        return max(now, next)
    }

    /// Nil behind the last moment that a name can say.
    static func time(after time: WallTime) -> WallTime? {
        let next = WallTime(milliseconds: time.milliseconds &+ 1)
        return self.time(of: Array(stamp(at: next).utf8)) == next ? next : nil
    }

    private static let stampSize = 20

    private static func time(of stamp: [UInt8]) -> WallTime? {
        guard stamp.count == stampSize else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: stamp[range], as: UTF8.self) }
        let date = "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))"
        return WallTime(iso8601: "\(date)\(text(8..<11)):\(text(11..<13)):\(text(13..<20))")
    }
}

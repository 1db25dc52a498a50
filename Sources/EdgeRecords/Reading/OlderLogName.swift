internal import EdgeCore

/// Names of files beside a log that are the same log, only older: `access.log.20261126T014205.123Z` and the same with
/// `.gz`, as the edge rotates, and `access.log.1`, `access.log.2.gz`, `access.log-20261126.gz`, as logrotate does.
enum OlderLogName {
    /// Whether `name` is a log that `log` once was. Both are names in one folder.
    static func matches(_ name: String, log: String) -> Bool {
        let (name, log) = (Array(name.utf8), Array(log.utf8))
        guard name.count > log.count + 1, name.starts(with: log) else { return false }
        var rest = name[log.count...]
        guard let mark = rest.popFirst(), mark == UInt8(ascii: ".") || mark == UInt8(ascii: "-") else { return false }
        if rest.suffix(3).elementsEqual(compressed) { rest = rest.dropLast(3) }
        guard let first = rest.first, first.isASCIIDigit else { return false }
        return rest.allSatisfy { $0.isASCIIDigit || ".-TZ".utf8.contains($0) }
    }

    /// The names of `names` without those compressed ones that are there uncompressed as well: they are being made.
    static func withoutUnfinished(_ names: [String]) -> [String] {
        let all = Set(names)
        return names.filter { !$0.utf8.suffix(3).elementsEqual(compressed) || !all.contains(String($0.dropLast(3))) }
    }

    private static let compressed = Array(".gz".utf8)
}

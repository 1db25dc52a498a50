/// Finds what somebody meant by a name that does not exist.
package enum Spelling {
    /// Longer names are not compared: nobody misspells that much by accident, and comparing costs time.
    private static let maximumLength = 40

    /// Those of `candidates` that are nearest to `name`, if they are near enough to be meant: one slip, or one for
    /// every three letters. Case does not count.
    package static func nearest(to name: String, among candidates: [String]) -> [String] {
        guard name.utf8.count <= maximumLength else { return [] }
        let written = name.utf8.map(\.asciiLowercased)
        let allowed = max(1, written.count / 3)
        // Lengths that differ by more need no comparing: each letter too many is a slip.
        let near = candidates.filter { abs($0.utf8.count - written.count) <= allowed }
            .map { ($0, distance(written, $0.utf8.map(\.asciiLowercased))) }
            .filter { $0.1 <= allowed && $0.1 < $0.0.utf8.count }
        let least = near.map(\.1).min()
        return near.filter { $0.1 == least }.map(\.0)
    }

    /// Whether `name` is how `full` begins or its last word: `cert` of `certificate`, `key` of `privateKey`. Case does
    /// not count.
    package static func isShortened(_ name: String, from full: String) -> Bool {
        let (written, whole) = (name.utf8.lazy.map(\.asciiLowercased), full.utf8.lazy.map(\.asciiLowercased))
        guard written.count >= 3, written.count < whole.count else { return false }
        if whole.starts(with: written) { return true }
        let startsWord = full.utf8.suffix(written.count).first.map { $0 != $0.asciiLowercased } ?? false
        return startsWord && whole.suffix(written.count).elementsEqual(written)
    }

    /// Damerau-Levenshtein distance (optimal string alignment): letters to insert, drop, replace, or swap with their
    /// neighbour.
    package static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for (i, left) in first.enumerated() {
            var row = [i + 1]
            for (j, right) in second.enumerated() {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left == right ? 0 : 1))
                if i > 0, j > 0, left == second[j - 1], first[i - 1] == right {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[second.count]
    }
}

extension [String] {
    /// `a`, `a or b`, `a, b or c`.
    package func listed(_ conjunction: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }
}

private import Glibc

/// How often each text came, in bounded memory: when there are too many, the rarer half is folded into one count of
/// others. What is folded and comes again begins anew, so that a count can be too small, never too large.
struct CountTable {
    struct Row: Hashable {
        var text: String
        var count: Int
    }

    /// Bytes of a text that are kept.
    private static let maximumTextSize = 256

    private struct Entry {
        var hash: UInt64
        var start: Int
        var length: Int
        var count: Int
    }

    private let capacity: Int
    /// Nobody can choose texts that fall on one place.
    private let seed = UInt64.random(in: .min ... .max)
    private var entries: [Entry] = []
    private var texts: [UInt8] = []
    /// Index into ``entries``, -1 where free; a power of two in number, at least half free.
    private var slots: [Int32]
    private var latest = 0
    /// How often texts came that are no longer told apart.
    private(set) var others = 0

    /// - Parameter capacity: distinct texts that are told apart.
    init(capacity: Int = 4096) {
        self.capacity = max(2, capacity)
        var size = 16
        while size < 2 * self.capacity { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
    }

    /// The most frequent ones, and how often all the others came.
    func top(_ count: Int) -> (rows: [Row], others: Int) {
        let sorted = entries.map { entry in
            Row(
                text: String(decoding: texts[entry.start..<entry.start + entry.length], as: UTF8.self),
                count: entry.count)
        }.sorted { $0.count != $1.count ? $0.count > $1.count : $0.text < $1.text }
        // One row more instead of a row for one other.
        let shown = sorted.count == count + 1 && others == 0 ? count + 1 : count
        return (Array(sorted.prefix(shown)), others + sorted.dropFirst(shown).reduce(0) { $0 + $1.count })
    }

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        let text = UnsafeBufferPointer(rebasing: text.prefix(Self.maximumTextSize))
        if latest < entries.count, isEqual(entries[latest], text) {
            entries[latest].count += 1
            return
        }
        let hash = hash(text)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, isEqual(entries[index], text) {
                entries[index].count += 1
                latest = index
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        if entries.count == capacity {
            fold()
            return add(text)
        }
        slots[slot] = Int32(entries.count)
        latest = entries.count
        entries.append(Entry(hash: hash, start: texts.count, length: text.count, count: 1))
        texts.append(contentsOf: text)
    }

    private mutating func fold() {
        let sorted = entries.sorted { $0.count > $1.count }
        let old = texts
        others += sorted.dropFirst(capacity / 2).reduce(0) { $0 + $1.count }
        (entries, texts) = ([], [])
        slots = [Int32](repeating: -1, count: slots.count)
        for var entry in sorted.prefix(capacity / 2) {
            texts += old[entry.start..<entry.start + entry.length]
            entry.start = texts.count - entry.length
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(entries.count)
            entries.append(entry)
        }
    }

    private func isEqual(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard entry.length == text.count else { return false }
        return texts.withUnsafeBufferPointer { texts in
            guard let own = texts.baseAddress, let other = text.baseAddress else { return text.isEmpty }
            return memcmp(own + entry.start, other, entry.length) == 0
        }
    }

    /// Eight bytes at a time, by multiplication.
    private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(text)
        var hash = seed ^ UInt64(raw.count)
        var index = 0
        while index + 8 <= raw.count {
            hash = Self.mixed(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < raw.count {
            rest = rest << 8 | UInt64(raw[index])
            index += 1
        }
        return Self.mixed(hash ^ rest)
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        let (high, low) = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}

/// A dictionary that never holds more than its capacity: a new key takes the place of the least recently used one.
/// Every operation takes constant time. For whatever is kept by something that a client chose; such keys cannot be
/// picked to collide, since Swift seeds its hashing per process.
///
/// The slots form a ring from the most recently used to the least recently used and back, linked by their indices.
package struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        var value: Value
        /// The slot last used before this one; behind the oldest comes the newest.
        var older: Int
        /// The slot first used after this one; before the newest comes the oldest.
        var newer: Int
    }

    package let capacity: Int
    private var slots: [Slot] = []
    private var indexOfKey: [Key: Int] = [:]
    private var newest = 0

    /// - Parameter capacity: how many keys there may be, at least 1. Memory is taken as keys come.
    package init(capacity: Int) { self.capacity = max(1, capacity) }

    package var count: Int { slots.count }

    /// The value of `key`, which does not count as a use.
    package func value(for key: Key) -> Value? { indexOfKey[key].map { slots[$0].value } }

    /// Hands the value of `key` to `body` for changing and makes `key` the most recently used. A key that is not there
    /// comes in with `newValue`.
    package mutating func update<Result>(
        _ key: Key, default newValue: @autoclosure () -> Value, _ body: (inout Value) -> Result
    ) -> Result {
        if let index = indexOfKey[key] {
            moveToFront(index)
        } else {
            insert(key, newValue())
        }
        return body(&slots[newest].value)
    }

    private mutating func insert(_ key: Key, _ value: Value) {
        if slots.count < capacity {
            let index = slots.count
            slots.append(Slot(key: key, value: value, older: index, newer: index))
            if index > 0 { link(index) }
            newest = index
        } else {
            // The oldest slot stands behind the newest already: it only changes its contents.
            newest = slots[newest].newer
            indexOfKey[slots[newest].key] = nil
            slots[newest].key = key
            slots[newest].value = value
        }
        indexOfKey[key] = newest
    }

    private mutating func moveToFront(_ index: Int) {
        guard index != newest else { return }
        let (older, newer) = (slots[index].older, slots[index].newer)
        slots[older].newer = newer
        slots[newer].older = older
        link(index)
        newest = index
    }

    /// Puts a slot that is in no ring between the newest and the oldest.
    private mutating func link(_ index: Int) {
        let oldest = slots[newest].newer
        slots[index].older = newest
        slots[index].newer = oldest
        slots[newest].newer = index
        slots[oldest].older = index
    }
}

/// A table that cannot grow: when a generation is full it becomes the older one, and the older one before it is
/// forgotten. So what goes first has not been written for the longest, give or take a generation.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]
    private let generationSize: Int

    /// - Parameter capacity: entries at most; at least half as many are kept.
    init(capacity: Int) { generationSize = max(1, capacity / 2) }

    var count: Int { recent.count + older.count }

    subscript(key: Key) -> Value? {
        get { recent[key] ?? older[key] }
        set {
            older[key] = nil
            recent[key] = newValue
            if recent.count >= generationSize {
                older = recent
                recent = [:]
            }
        }
    }
}

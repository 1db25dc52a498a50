/// Random numbers that are the same in every run (SplitMix64), so that what fails once fails again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` calls on average.
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

extension RangeReplaceableCollection where Index == Int {
    /// Changes, removes, repeats or inserts up to four elements, the new ones taken from `alphabet` or from elsewhere
    /// in the collection.
    mutating func mutate(alphabet: [Element], using generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = Int.random(in: 0...count, using: &generator)
            guard
                let element = generator.oneIn(3)
                    ? randomElement(using: &generator) : alphabet.randomElement(using: &generator)
            else { continue }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0 where index < count: replaceSubrange(index..<index + 1, with: CollectionOfOne(element))
            case 1 where index < count: remove(at: index)
            case 2 where index < count:
                replaceSubrange(index..<index + 1, with: Array(repeating: self[index], count: 2))
            default: insert(element, at: index)
            }
        }
    }
}

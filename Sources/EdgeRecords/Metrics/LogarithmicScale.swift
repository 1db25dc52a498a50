/// Ranges that are as wide as what they hold is large: each power of two is divided into the same number of them. The
/// last has what is larger, too.
struct LogarithmicScale: Sendable {
    private let subdivisionBits: Int
    /// How many ranges there are.
    let size: Int

    /// - Parameters:
    ///   - subdivisionBits: each power of two is divided into 2 to the power of this.
    ///   - bits: of the largest value that has a range of its own.
    init(subdivisionBits: Int, bits: Int) {
        self.subdivisionBits = subdivisionBits
        size = (bits - subdivisionBits + 1) << subdivisionBits
    }

    /// The range of a value; the first for what is below 0.
    func index(of value: Int) -> Int {
        guard value >= 1 << subdivisionBits else { return max(0, value) }
        let shift = Int.bitWidth &- 1 &- value.leadingZeroBitCount &- subdivisionBits
        return min(shift << subdivisionBits &+ value >> shift, size &- 1)
    }

    /// The lowest value of a range.
    func start(of index: Int) -> Int {
        let subdivisions = 1 << subdivisionBits
        guard index >= subdivisions else { return index }
        return (index % subdivisions + subdivisions) << (index / subdivisions - 1)
    }

    /// The value in the middle of a range.
    func middle(of index: Int) -> Int {
        let start = start(of: index)
        return start + (self.start(of: index + 1) - start) / 2
    }
}

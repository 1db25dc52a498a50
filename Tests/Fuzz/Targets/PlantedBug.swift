/// A reader with a bug, which a fuzzer has to find: `Tests/Fuzz/run` lets it search here first and goes on only if it
/// has found it. Not among ``FuzzTargets/all``.
enum PlantedBug: FuzzTarget {
    static let name = "planted-bug"

    /// Each byte is a branch of its own, as in a parser.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard input.count >= 4, input[0] == UInt8(ascii: "s"), input[1] == UInt8(ascii: "k") else { return }
        try require(input[2] != UInt8(ascii: "_") || input[3] < 0x80, "this is the bug that was planted")
    }
}

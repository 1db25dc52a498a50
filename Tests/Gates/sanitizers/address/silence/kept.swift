// Keeps what it has to its end, in forms whose pointers are packed: what `Tests/sanitize address` must not report.
indirect enum Tree {
    case leaf(String)
    case branch([Tree])
}

final class Keeper {
    nonisolated(unsafe) static let shared = Keeper()
    let tree = Tree.branch((1...3).map { .leaf("a text that does not fit into its own sixteen bytes, \($0)") })
    weak var itself: Keeper?

    init() { itself = self }
}

print(Keeper.shared.itself.map { "\($0.tree)".count } ?? 0)

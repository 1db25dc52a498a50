internal import NIOCore

/// Says when one client of HTTP/1.1 has been heard enough in a row, and the others of its event loop come first. Most often
/// NIO sees to that: it reads a socket once, and looks at the others (`Pipeline.readSize`). But once the client has said its
/// last NIO reads to the end without a pause, whatever it is asked (BaseSocketChannel.readEOF), and that can be thousands of
/// requests of whom nobody waits for an answer. Confined to its event loop.
struct InputPause {
    /// How many bytes are looked at in a row.
    static let share = Pipeline.readSize

    private var taken = 0
    /// Whether the others come first.
    private(set) var isOn = false

    /// To be called with how many bytes have come.
    ///
    /// - Returns: whether a pause begins, which the caller ends by ``end()`` when the others have had their turn.
    mutating func begins(after count: Int) -> Bool {
        taken += count
        guard taken > Self.share, !isOn else { return false }
        isOn = true
        return true
    }

    mutating func end() { (taken, isOn) = (0, false) }
}

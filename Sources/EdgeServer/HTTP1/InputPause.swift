/// Says when one client of HTTP/1.1 has been looked at enough in one turn of its event loop, so that the others come first.
/// Most often NIO sees to that: it reads a socket once, and looks at the others. But once the client has said its last NIO
/// reads to the end without a pause, whatever it is asked (BaseSocketChannel.readEOF), one read can hold many records of
/// TLS, and what came while a request was with Plunk can be thousands of requests. Confined to its event loop.
struct InputPause {
    /// How many bytes are looked at in a row; up to three times as many where they come in reads of that size.
    static let share = Pipeline.readSize

    private enum State {
        case off
        /// More than a share has come since it was looked last, be that in one turn or in an hour: the turn's end will tell.
        case watching
        case on
    }

    private var state = State.off
    private var taken = 0

    /// Whether the others come first.
    var isOn: Bool { state == .on }

    /// To be called with how many bytes have come.
    ///
    /// - Returns: whether ``end()`` is to be called behind what the others have to do in this turn.
    mutating func took(_ count: Int) -> Bool {
        taken += count
        guard taken > Self.share else { return false }
        switch state {
        case .off:
            (state, taken) = (.watching, count)
            return true
        case .watching:
            state = .on
            return false
        case .on: return false
        }
    }

    /// To be called where a share of what waits has been looked at, and more waits.
    ///
    /// - Returns: as ``took(_:)``.
    mutating func begin() -> Bool {
        defer { state = .on }
        return state == .off
    }

    /// The others have had their turn.
    ///
    /// - Returns: whether there was a pause.
    mutating func end() -> Bool {
        defer { (state, taken) = (.off, 0) }
        return isOn
    }
}

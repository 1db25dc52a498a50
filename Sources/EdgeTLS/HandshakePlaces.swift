/// The handshakes of one event loop that are under way. Where all places are taken, whoever has had one for longest gives
/// it: a client that means it is done within moments, so those who only begin cannot keep it out, however many they are.
/// Confined to its event loop.
package final class HandshakePlaces {
    private let limit: HandshakeLimit
    /// By a number that grows.
    private var holders: [UInt64: TLSHandler] = [:]
    private var last: UInt64 = 0
    /// No holder has a smaller number.
    private var first: UInt64 = 1

    /// - Parameter limit: counts those of all loops.
    package init(_ limit: HandshakeLimit) { self.limit = limit }

    /// Gives a handshake its place.
    ///
    /// - Returns: the place, until ``leave(_:)``; nil if all are taken by other loops.
    func enter(_ handler: TLSHandler) -> UInt64? {
        if !limit.enter() {
            guard let oldest = findOldest() else { return nil }
            oldest.giveWay()
            guard limit.enter() else { return nil }
        }
        last += 1
        holders[last] = handler
        return last
    }

    /// Passes each number once in all.
    private func findOldest() -> TLSHandler? {
        while first <= last {
            if let holder = holders[first] { return holder }
            first += 1
        }
        return nil
    }

    func leave(_ place: UInt64) {
        guard holders.removeValue(forKey: place) != nil else { return }
        limit.leave()
    }
}

@available(*, unavailable)
extension HandshakePlaces: Sendable {}

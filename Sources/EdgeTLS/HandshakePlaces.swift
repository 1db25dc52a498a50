internal import EdgeCore

/// The handshakes of one event loop that are under way, and which of them gives its place where all are taken. Confined
/// to its event loop.
///
/// An honest handshake needs its place for one round trip, which can be half a second for a phone. So it must not be
/// enough to begin many:
/// - The client with the most places gives its oldest (``FairShares``). Who has few addresses pushes out himself only.
/// - Who has many, each with one place, gives and takes in order, and the oldest goes. Handshakes whose first message has
///   not come to its end and those that the edge has answered have half of the places each, if they want them: a first
///   byte costs nothing, so ten thousand a second are soon sent, but they take no place of an honest client who waits for
///   the answer on its way. An answer costs the edge work. Who has a thousand answered in a second, from as many
///   addresses, still pushes out clients who are half a second away.
///
/// A newcomer always gets a place, if this loop has any: a least age would shut out most of the honest newcomers of a
/// flood, and these are nearly all done before anybody could want their place.
package final class HandshakePlaces {
    /// One place of a handshake.
    struct Place {
        fileprivate let client: IPAddress?
        fileprivate let isAnswered: Bool
        /// Among the client's that are as far.
        fileprivate let number: UInt64
    }

    private let limit: HandshakeLimit
    /// The client's first message has not come to its end.
    private var begun = FairShares<IPAddress?, TLSHandler>()
    /// The client has to go on.
    private var answered = FairShares<IPAddress?, TLSHandler>()

    /// - Parameter limit: counts those of all loops.
    package init(_ limit: HandshakeLimit) { self.limit = limit }

    /// Gives a handshake its place.
    ///
    /// - Parameter client: whose it is; those without an address count as one.
    /// - Returns: the place, until ``leave(_:)``; nil if all are taken by other loops.
    func enter(_ handler: TLSHandler, of client: IPAddress?) -> Place? {
        if !limit.enter() {
            let isBegun = begun.count >= answered.count
            guard let giver = isBegun ? begun.giver(to: client) : answered.giver(to: client) else { return nil }
            giver.giveWay()
            guard limit.enter() else { return nil }
        }
        return Place(client: client, isAnswered: false, number: begun.add(handler, of: client))
    }

    /// To be called when the edge has sent something of its own.
    ///
    /// - Returns: the place that the handshake has from now on.
    func moveOn(_ handler: TLSHandler, _ place: Place) -> Place {
        guard !place.isAnswered, remove(place) else { return place }
        return Place(
            client: place.client, isAnswered: true, number: answered.add(handler, of: place.client))
    }

    func leave(_ place: Place) {
        if remove(place) { limit.leave() }
    }

    private func remove(_ place: Place) -> Bool {
        place.isAnswered
            ? answered.remove(place.number, of: place.client) : begun.remove(place.number, of: place.client)
    }
}

@available(*, unavailable)
extension HandshakePlaces: Sendable {}

internal import EdgeCore

/// The handshakes of one event loop that are under way: each costs a thousand times what its first byte costs the client,
/// so there are only so many places, and where all are taken one gives way. Confined to its event loop.
///
/// An honest handshake needs its place for one round trip, which can be half a second for a phone. So it must not be
/// enough to begin many:
/// - The client with the most places gives its oldest (``FairShares``). Who has few addresses pushes out himself only.
/// - Who has many, each with a few places, gives and takes in order. Handshakes whose first message has not come to its
///   end and those that the edge has answered have half of the places each, if they want them: a first byte costs nothing,
///   so ten thousand a second are soon sent, but they take no place of an honest client who waits for the answer on its
///   way. An answer costs the edge work, most of all a signature. Who has a thousand answered in a second, from as many
///   addresses, still pushes out clients who are half a second away; with tickets of earlier connections that is cheap.
///
/// A newcomer always gets a place: a least age would shut out most of the honest newcomers of a flood, and these are
/// nearly all done before anybody could want their place.
package final class HandshakePlaces {
    /// One place of a handshake.
    struct Place {
        fileprivate let client: Client
        fileprivate let isAnswered: Bool
        /// Among the client's that are as far.
        fileprivate let number: UInt64
    }

    fileprivate enum Client: Hashable {
        case address(IPAddress)
        /// One of those that are not told apart by address, as all that come through a trusted proxy.
        case nobody(UInt64)
    }

    /// An answer with fewer bytes asks the client to begin anew (HelloRetryRequest), for which nothing was signed.
    static let smallestAnswer = 128

    private let maximum: Int
    /// The client's first message has not come to its end.
    private var begun: FairShares<Client, TLSHandler>
    /// The client has to go on.
    private var answered: FairShares<Client, TLSHandler>
    private var nobodies: UInt64 = 0

    /// - Parameter maximum: how many may be under way, at least one.
    package init(maximum: Int) {
        self.maximum = max(1, maximum)
        // Many share an address behind a carrier's router: up to so many places all clients are alike.
        let equalShare = max(1, maximum / 32)
        begun = FairShares(equalShare: equalShare)
        answered = FairShares(equalShare: equalShare)
    }

    /// How many handshakes are under way.
    package var count: Int { begun.count + answered.count }

    /// Gives a handshake its place, until ``leave(_:)``.
    ///
    /// - Parameter address: whose it is; nil for one that is not told apart by address.
    func enter(_ handler: TLSHandler, of address: IPAddress?) -> Place {
        if address == nil { nobodies += 1 }
        let client = address.map(Client.address) ?? .nobody(nobodies)
        if count >= maximum {
            let giver = begun.count >= answered.count ? begun.giver(to: client) : answered.giver(to: client)
            giver?.giveWay()
        }
        return Place(client: client, isAnswered: false, number: begun.add(handler, of: client))
    }

    /// To be called when the edge has answered.
    ///
    /// - Returns: the place that the handshake has from now on.
    func moveOn(_ handler: TLSHandler, _ place: Place) -> Place {
        guard !place.isAnswered, remove(place) else { return place }
        return Place(client: place.client, isAnswered: true, number: answered.add(handler, of: place.client))
    }

    func leave(_ place: Place) { _ = remove(place) }

    private func remove(_ place: Place) -> Bool {
        place.isAnswered
            ? answered.remove(place.number, of: place.client) : begun.remove(place.number, of: place.client)
    }
}

@available(*, unavailable)
extension HandshakePlaces: Sendable {}

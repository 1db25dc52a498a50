internal import EdgeCore
internal import EdgeTLS
internal import NIOCore

/// A listener whose socket is bound.
struct Listener: Sendable {
    let state: ListenerState
    private let isInherited: Bool
    private let channel: any Channel

    /// Binds it; nobody is accepted before ``open()``.
    ///
    /// - Parameter inherited: a socket that listens there already; a copy of it is used.
    static func bind(
        _ settings: ListenerSettings, certificates: CertificateStore?, inherited: CInt?, group: any EventLoopGroup,
        loops: EventLoopServices, trouble: AcceptTrouble
    ) async throws(BindFailure) -> Listener {
        let state = ListenerState(settings, certificates: certificates)
        let channel = try await Pipeline.bind(
            settings.address, state, inherited: inherited, group: group, loops: loops, trouble: trouble)
        return Listener(state: state, isInherited: inherited != nil, channel: channel)
    }

    var address: BoundAddress {
        let speech = state.speech
        return BoundAddress(
            speech.settings.address, isTLS: speech.certificates != nil, isInherited: isInherited, channel: channel)
    }

    /// Accepts who has connected since it was bound, and who connects from now on.
    func open() async { try? await channel.setOption(.autoRead, value: true).get() }

    /// Accepts nobody for now.
    func pause() async { try? await channel.triggerUserOutboundEvent(AcceptBackoff.Pause()).get() }

    /// Ends it; the file of a Unix domain socket goes with it.
    func close() async { try? await channel.close() }
}

package import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import Synchronization

extension Server {
    /// What has been made for another configuration and is in use by nobody yet.
    private struct Preparation: Sendable {
        var settings: EdgeSettings
        /// In the order of the configuration: those whose socket stays, and new ones.
        var listeners: [PreparedListener] = []
        var added: [Listener] = []
        var removed: [Listener] = []
        /// Nil if the upstream stays.
        var upstream: EventLoopServices.PreparedUpstream?
        var report: ReloadResult.Report
    }

    private struct PreparedListener: Sendable {
        let listener: Listener
        /// How it speaks from now on; nil for a new one, which does so already.
        var change: ListenerState.Speech?
        /// Whether it changes from clear text to TLS or back, and with that its address as people write it.
        var isSwitched = false
    }

    /// Takes another configuration whole, or keeps the old one whole. Requests that have begun finish on what they began
    /// with; those that begin when this has returned are judged by the new one, on whatever connection they come. One at a
    /// time: another one waits.
    ///
    /// - Parameter read: reads the configuration, which may take its time; throws what is wrong with it.
    package func reload(
        _ read: @escaping @Sendable () throws(ReloadRefusal) -> EdgeSettings
    ) async -> ReloadResult {
        await reloads.run {
            self.status.reloadBegan()
            let result: ReloadResult
            do throws(ReloadRefusal) {
                result = try await self.takeOver(try read())
            } catch {
                result = ReloadResult(refused: error, generation: self.status.current.generation)
            }
            self.status.reloaded(result, at: WallTime.now)
            return result
        }
    }

    private func takeOver(_ settings: EdgeSettings) async throws(ReloadRefusal) -> ReloadResult {
        let old = state.withLock { $0 }
        if old.isStopping { throw Self.isStopping }
        let prepared = try await prepare(settings, instead: old)
        let result = await changes.run { await self.commit(prepared, instead: old) }
        do {
            return try result.get()
        } catch {
            await discard(prepared)
            throw error
        }
    }

    private func discard(_ prepared: Preparation) async {
        for listener in prepared.added { await listener.close() }
        // Loops that have ended do nothing any more, and the process ends with them.
        guard let upstream = prepared.upstream, !haveLoopsEnded.load(ordering: .acquiring) else { return }
        await loops.discard(upstream)
    }

    private static var isStopping: ReloadRefusal { ReloadRefusal(["the process is stopping"]) }

    // MARK: Preparing

    /// Does everything that can fail, and changes nothing, but that certificates which have been renewed are taken: those are
    /// also without a reload.
    private func prepare(_ settings: EdgeSettings, instead old: State) async throws(ReloadRefusal) -> Preparation {
        let plan = ListenerPlan(
            from: old.listeners.map(\.state.speech.settings.address), to: settings.listeners.map(\.address))
        var prepared = Preparation(settings: settings, report: .init(generation: status.current.generation + 1))
        prepared.removed = plan.removed.map { old.listeners[$0] }
        let assigned = inherited.assign(
            to: settings.listeners.map(\.address) + [started.admin].compactMap(\.self))
        do {
            let sources = plan.sources.map { $0.map { old.listeners[$0] } }
            var certificates: [CertificateStore?] = []
            for (listener, source) in zip(settings.listeners, sources) {
                certificates.append(
                    try listener.tls.map { try store($0, instead: source?.state.speech, &prepared.report) })
            }
            for ((listener, source), store) in zip(zip(settings.listeners, sources), certificates) {
                if let source {
                    prepared.listeners.append(
                        PreparedListener(
                            listener: source, change: .init(settings: listener, certificates: store),
                            isSwitched: (listener.tls == nil) != (source.state.speech.settings.tls == nil)))
                } else {
                    let added = try await bind(
                        listener, store, inherited: assigned.descriptors[listener.address], removed: prepared.removed)
                    prepared.listeners.append(PreparedListener(listener: added))
                    prepared.added.append(added)
                }
            }
            prepared.report.haveAuthoritiesNews =
                settings.upstream.authorityFile == old.settings.upstream.authorityFile && loops.haveAuthoritiesChanged
            if settings.upstream != old.settings.upstream || prepared.report.haveAuthoritiesNews {
                prepared.upstream = try await loops.prepare(settings.upstream)
            }
        } catch {
            await discard(prepared)
            throw error as? ReloadRefusal ?? ReloadRefusal(["\(error)"])
        }
        describe(&prepared, instead: old)
        return prepared
    }

    /// The certificates of a listener: those that it has, read again where their files have changed, or new ones.
    private func store(
        _ settings: TLSSettings, instead old: ListenerState.Speech?, _ report: inout ReloadResult.Report
    ) throws -> CertificateStore {
        let now = WallTime.now
        guard let old, old.settings.tls == settings, let store = old.certificates else {
            return try CertificateStore(settings, now: now)
        }
        let renewal = store.reload(now: now, repeatsProblems: true)
        report.haveCertificatesNews = renewal.hasNews || report.haveCertificatesNews == true
        if !renewal.problems.isEmpty { throw ReloadRefusal(renewal.problems) }
        return store
    }

    private func bind(
        _ settings: ListenerSettings, _ certificates: CertificateStore?, inherited: CInt?, removed: [Listener]
    ) async throws -> Listener {
        do {
            return try await .bind(
                settings, certificates: certificates, inherited: inherited, group: group, loops: loops,
                trouble: shared.acceptTrouble)
        } catch {
            // A port is free only when the old one has let go of it, and then there would be no way back.
            let hasSamePort = removed.contains { $0.state.speech.settings.address.port == settings.address.port }
            guard settings.address.port != nil, hasSamePort else { throw error }
            throw ReloadRefusal([
                "\(error)", "If it is the old listener's, which has the same port: only a restart moves it.",
            ])
        }
    }

    private func describe(_ prepared: inout Preparation, instead old: State) {
        let (settings, loopCount) = (prepared.settings, loops.count)
        prepared.report.changed = SettingsChanges.takenOver(from: old.settings, to: settings)
        prepared.report.needRestart = SettingsChanges.needingRestart(from: started, to: settings)
        if settings.upstream.maximumConnections < loopCount {
            prepared.report.needRestart.append(
                "upstream.connections below \(loopCount), the number of threads")
        }
        prepared.report.removed = prepared.removed.map(\.address.description)
        for place in prepared.listeners where place.isSwitched {
            prepared.report.removed.append(place.listener.address.description)
        }
    }

    // MARK: Taking over

    /// Changes everything, or fails before it has changed anything.
    private func commit(_ prepared: Preparation, instead old: State) async -> Result<ReloadResult, ReloadRefusal> {
        if state.withLock(\.isStopping) { return .failure(Self.isStopping) }
        if prepared.settings.accessLog != old.settings.accessLog {
            do throws(AccessLogFailure) {
                try log.replaceDestination(with: .init(prepared.settings.accessLog))
            } catch {
                return .failure(ReloadRefusal(["\(error)"]))
            }
        }
        var report = prepared.report
        shared.take(prepared.settings, instead: old.settings)
        for place in prepared.listeners {
            if let change = place.change { place.listener.state.change(to: change) }
            if place.isSwitched || place.change == nil { report.added.append(place.listener.address.description) }
        }
        await loops.take(Snapshot(prepared.settings), prepared.upstream)
        state.withLock { state in
            state.settings = prepared.settings
            state.listeners = prepared.listeners.map(\.listener)
        }
        status.listen(on: prepared.listeners.map(\.listener))
        for listener in prepared.added { await listener.open() }
        if !prepared.removed.isEmpty {
            for listener in prepared.removed {
                listener.state.remove()
                shared.acceptTrouble.removed(listener.state.speech.settings.address)
            }
            await stopAccepting(prepared.removed)
            drainRemoved()
        }
        return .success(ReloadResult(report))
    }
}

extension Server {
    /// Ends the connections of listeners that are no longer there, as a shutdown does with all of them, which takes care of
    /// them if it comes meanwhile.
    private func drainRemoved() {
        Task {
            try? await Task.sleep(nanoseconds: UInt64(clamping: Self.farewell.nanoseconds))
            await changes.run {
                guard !self.state.withLock(\.isStopping) else { return }
                await self.loops.forEach { $0.drain(\.isRemoved) }
            }
        }
    }
}

extension ListenAddress {
    fileprivate var port: UInt16? {
        switch self {
        case .tcp(_, let port) where port > 0: port
        default: nil
        }
    }
}

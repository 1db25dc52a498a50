package import EdgeCore
private import EdgeSystem
internal import Synchronization

/// The certificates of one listener as they are now: read at start and again when they have been renewed. New connections
/// get the newest, others keep what they began with. Any thread; reading blocks, so not on an event loop.
package final class CertificateStore: Sendable {
    private struct State {
        var contexts: TLSContexts
        /// Those in use, in the order of the settings.
        var pairs: [CertificatePair]
        /// Of each pair's files when they were last read, usable or not.
        var stamps: [[FileStamp?]]
        /// What is wrong with those that are to be in use and are not, by their place in the settings.
        var failures: [Int: String] = [:]
        var schedules: [ExpirySchedule?]
    }

    /// What came of reading again.
    package struct Renewal: Sendable {
        /// What is wrong with each pair that stays as it was.
        package var problems: [String] = []
        /// Whether new connections get another certificate.
        package var hasNews = false

        package init() {}
    }

    private let settings: TLSSettings
    private let tickets: TicketKeys
    private let state: Mutex<State>
    /// One reading at a time: an older one must not come last.
    private let reading = Mutex(())

    /// - Parameter now: what is true of a certificate's end now is not said again.
    /// - Throws: which certificate cannot be used, and why.
    package init(_ settings: TLSSettings, now: WallTime) throws(TLSSetupFailure) {
        let stamps = Self.stamps(settings)
        var pairs: [CertificatePair] = []
        for files in settings.certificates { pairs.append(try CertificatePair(files)) }
        let tickets = TicketKeys()
        let contexts = try TLSContexts(pairs, minimumVersion: settings.minimumVersion, tickets: tickets)
        (self.settings, self.tickets) = (settings, tickets)
        let schedules = pairs.map { $0.chain.validity.map { ExpirySchedule($0, now: now) } }
        state = Mutex(State(contexts: contexts, pairs: pairs, stamps: stamps, schedules: schedules))
    }

    /// What a new connection speaks with.
    package var contexts: TLSContexts { state.withLock(\.contexts) }

    /// Reads the files again that have changed since they were read, and those that could not be used then: their time may
    /// have come, or this process may read them now. A pair that `check` would object to stays as it was, and keeps no other
    /// back. Sessions of before are still resumed.
    ///
    /// - Parameters:
    ///   - now: decides whether certificates are valid.
    ///   - repeatsProblems: whether what was wrong with the same files the last time is said again.
    package func reload(now: WallTime, repeatsProblems: Bool = false) -> Renewal {
        reading.withLock { _ in readAgain(now: now, repeatsProblems) }
    }

    private func readAgain(now: WallTime, _ repeatsProblems: Bool) -> Renewal {
        var renewal = Renewal()
        // Before reading: what changes meanwhile is noticed the next time.
        let stamps = Self.stamps(settings)
        var (pairs, old, known) = state.withLock { ($0.pairs, $0.stamps, $0.failures) }
        let due = settings.certificates.indices.filter { stamps[$0] != old[$0] || known[$0] != nil }
        var failures: [Int: String] = [:]
        defer { state.withLock { ($0.stamps, $0.failures) = (stamps, failures) } }
        func fail(_ indices: [Int], _ problem: String) {
            let isNew = indices.contains { stamps[$0] != old[$0] || known[$0] != problem }
            if isNew || repeatsProblems { renewal.problems.append(problem) }
            for index in indices { failures[index] = problem }
        }
        for index in due {
            do throws(TLSSetupFailure) {
                pairs[index] = try CertificatePair(settings.certificates[index], now: now)
                renewal.hasNews = true
            } catch {
                fail([index], "\(error)")
            }
        }
        guard renewal.hasNews else { return renewal }
        do throws(TLSSetupFailure) {
            let findings = NameInspection.findings(
                names: settings.names, address: nil, certificates: pairs.map(\.subject))
            if let finding = findings.first(where: \.isError) {
                throw TLSSetupFailure("\(finding.message) \(finding.suggestion)")
            }
            let contexts = try TLSContexts(pairs, minimumVersion: settings.minimumVersion, tickets: tickets)
            state.withLock { ($0.contexts, $0.pairs) = (contexts, pairs) }
        } catch {
            fail(due.filter { failures[$0] == nil }, "\(error)")
            renewal.hasNews = false
        }
        return renewal
    }

    /// Whether the files are others than those that were last read, by rename or by writing, or some could not be used then.
    package var hasChanged: Bool {
        let stamps = Self.stamps(settings)
        return state.withLock { !$0.failures.isEmpty || $0.stamps != stamps }
    }

    /// Until when each certificate is valid, in the order of the settings; the file is its name.
    package var expiries: [(certificate: String, notAfter: WallTime)] {
        state.withLock(\.pairs).compactMap { pair in
            pair.chain.validity.map { (pair.files.certificate, $0.notAfter) }
        }
    }

    /// What is worth a word of certificates that come to their end, each thing once (``ExpirySchedule``).
    package func expiryWarnings(now: WallTime) -> [String] {
        state.withLock { state in
            settings.certificates.indices.compactMap { index in
                guard let validity = state.pairs[index].chain.validity else { return nil }
                var schedule = state.schedules[index] ?? ExpirySchedule(validity, now: now)
                defer { state.schedules[index] = schedule }
                guard schedule.hasNews(validity, now: now) else { return nil }
                let complaint = validity.complaint(about: settings.certificates[index].certificate, at: now)
                return complaint.map { "\($0.message) \($0.suggestion)" }
            }
        }
    }

    private static func stamps(_ settings: TLSSettings) -> [[FileStamp?]] {
        settings.certificates.map { [$0.certificate, $0.privateKey].map { FileStatus(path: $0)?.stamp } }
    }
}

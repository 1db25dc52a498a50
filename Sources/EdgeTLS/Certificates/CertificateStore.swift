package import EdgeCore
internal import Glibc
internal import Synchronization

/// The certificates of one listener as they are now: read at start and again when they have been renewed. New connections
/// get the newest, others keep what they began with. Any thread; reading blocks, so not on an event loop.
package final class CertificateStore: Sendable {
    /// What tells one content of a file from another.
    private struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Instant

        /// Nil for a file that is not there.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
            modified = Instant(
                nanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
        }
    }

    private struct State {
        var contexts: TLSContexts
        /// Of the files when they were last read, usable or not.
        var stamps: [Stamp?]
        /// Of the settings' certificates, in their order.
        var validities: [CertificateValidity?]
        var schedules: [ExpirySchedule?]
    }

    private let settings: TLSSettings
    private let tickets: TicketKeys
    private let state: Mutex<State>
    /// One reading at a time: an older one must not come last.
    private let reading = Mutex(())

    /// - Parameter now: what is true of a certificate's end now is not said again.
    /// - Throws: which certificate cannot be used, and why.
    package init(_ settings: TLSSettings, now: WallTime) throws(TLSSetupFailure) {
        let tickets = TicketKeys()
        let stamps = Self.stamps(settings)
        let contexts = try TLSContexts(settings, tickets: tickets)
        (self.settings, self.tickets) = (settings, tickets)
        let validities = Self.validities(settings)
        let schedules = validities.map { $0.map { ExpirySchedule($0, now: now) } }
        state = Mutex(State(contexts: contexts, stamps: stamps, validities: validities, schedules: schedules))
    }

    /// What a new connection speaks with.
    package var contexts: TLSContexts { state.withLock(\.contexts) }

    /// Reads the files again. Sessions of before are still resumed.
    ///
    /// - Parameter now: decides whether certificates are valid.
    /// - Throws: which certificate `check` would object to, or cannot be used; then all stay as they were.
    package func reload(now: WallTime) throws(TLSSetupFailure) {
        try reading.withLock { _ throws(TLSSetupFailure) in try readAgain(now: now) }
    }

    private func readAgain(now: WallTime) throws(TLSSetupFailure) {
        // Before reading: what changes meanwhile is noticed the next time.
        let stamps = Self.stamps(settings)
        state.withLock { $0.stamps = stamps }
        let findings = CertificateInspection.findings(settings, address: nil, now: now)
        if let finding = findings.first(where: { $0.severity == .error }) { throw TLSSetupFailure(finding) }
        let contexts = try TLSContexts(settings, tickets: tickets)
        let validities = Self.validities(settings)
        state.withLock { ($0.contexts, $0.validities) = (contexts, validities) }
    }

    /// Whether the files are others than those that were last read, by rename or by writing.
    package var hasChanged: Bool { Self.stamps(settings) != state.withLock(\.stamps) }

    /// Until when each certificate is valid, in the order of the settings; the file is its name.
    package var expiries: [(certificate: String, notAfter: WallTime)] {
        zip(settings.certificates, state.withLock(\.validities)).compactMap { files, validity in
            validity.map { (files.certificate, $0.notAfter) }
        }
    }

    /// What is worth a word of certificates that come to their end, each thing once (``ExpirySchedule``).
    package func expiryWarnings(now: WallTime) -> [String] {
        state.withLock { state in
            settings.certificates.indices.compactMap { index in
                guard let validity = state.validities[index] else { return nil }
                var schedule = state.schedules[index] ?? ExpirySchedule(validity, now: now)
                defer { state.schedules[index] = schedule }
                guard schedule.hasNews(validity, now: now) else { return nil }
                let complaint = validity.complaint(about: settings.certificates[index].certificate, at: now)
                return complaint.map { "\($0.message) \($0.suggestion)" }
            }
        }
    }

    private static func validities(_ settings: TLSSettings) -> [CertificateValidity?] {
        settings.certificates.map { CertificateChain(file: $0.certificate).validity }
    }

    private static func stamps(_ settings: TLSSettings) -> [Stamp?] {
        settings.certificates.flatMap { [Stamp($0.certificate), Stamp($0.privateKey)] }
    }
}

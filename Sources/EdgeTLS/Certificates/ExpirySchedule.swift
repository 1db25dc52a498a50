internal import EdgeCore

/// When a certificate that comes to its end is worth a word while the edge runs: once from 21 days before it, once from 7,
/// once from 1, and once when it has expired. Another certificate in its place begins anew. Pure: what time it is comes in.
struct ExpirySchedule: Sendable {
    /// What all that was said is about.
    private var notAfter: WallTime
    /// What was said last, as ``CertificateValidity/stage(at:)`` counts.
    private var told: Int

    /// What is true at `now` counts as said: the start has told it.
    init(_ validity: CertificateValidity, now: WallTime) {
        (notAfter, told) = (validity.notAfter, validity.stage(at: now))
    }

    /// Whether something is worth a word that has not been said; from then on it has.
    mutating func hasNews(_ validity: CertificateValidity, now: WallTime) -> Bool {
        if validity.notAfter != notAfter { (notAfter, told) = (validity.notAfter, 0) }
        let stage = validity.stage(at: now)
        guard stage > told else { return false }
        told = stage
        return true
    }
}

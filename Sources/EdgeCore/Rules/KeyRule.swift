/// Check 5: the key is a public one, or an alias, and one that the configuration lists if it lists any.
enum KeyRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let keys = judgement.snapshot.settings.policy.keys
        guard let shown = judgement.shown else { return useEntryWhenMissing(&judgement) }
        let isPublic = PublicKey.isWellFormed(shown)
        judgement.identify(shown, as: isPublic ? .public : .unknown)
        guard !keys.entries.isEmpty else {
            (judgement.key, judgement.keyDigest) = (shown, judgement.shownDigest)
            judgement.bucket = judgement.shownDigest
            return isPublic ? nil : refusal
        }
        guard let digest = judgement.shownDigest, let index = keys.entry(accepting: digest) else { return refusal }
        let entry = keys.entries[index]
        judgement.bucket = entry.accepts.first
        judgement.fingerprint?.kind = isPublic ? .public : .alias
        judgement.fingerprint?.name = entry.name
        if let sent = keys.sent(byEntry: index) {
            (judgement.key, judgement.keyDigest) = (sent.key, sent.digest)
        } else {
            (judgement.key, judgement.keyDigest) = (shown, digest)
        }
        // An alias without a key to send would go upstream itself; the configuration does not allow it.
        return entry.sends != nil || isPublic ? nil : refusal
    }

    private static func useEntryWhenMissing(_ judgement: inout Judgement) -> Verdict? {
        let keys = judgement.snapshot.settings.policy.keys
        guard let index = keys.entryWhenMissing, let sent = keys.sent(byEntry: index) else { return refusal }
        judgement.identify(sent.key, as: .public, name: keys.entries[index].name)
        (judgement.key, judgement.keyDigest) = (sent.key, judgement.shownDigest)
        judgement.bucket = keys.entries[index].accepts.first ?? judgement.shownDigest
        return nil
    }

    private static var refusal: Verdict {
        .refuse(
            Refusal(
                401, .invalidAPIKey, .unknownKey, message: PlunkMessage.invalidPublicKey,
                suggestion: PlunkSuggestion.invalidKey))
    }
}

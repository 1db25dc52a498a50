/// Check 3: a secret key must never have come here. It is looked for wherever a client may have put it, because the
/// team has to learn that it is exposed even if this request would have been refused for another reason.
enum SecretKeyRule {
    /// Everything in the head: the request line, Authorization in any form, and all other fields, known or not.
    static func checkHead(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        for place in [.authorization, .apiKey] as [FieldName] where head.lines(of: place) > 0 {
            for value in head.reversedValues(of: place) {
                if let key = find(inKeyPlace: value) { return refuse(key, &judgement) }
            }
        }
        let key =
            SecretKeySearch.find(in: head.everything, .anywhere)
            ?? SecretKeySearch.findPercentEncoded(in: head.everything, .anywhere)
        return key.flatMap { refuse($0, &judgement) }
    }

    /// The body, in clear text or behind JSON's escapes, whether or not it is JSON.
    static func checkBody(_ judgement: inout Judgement) -> Verdict? {
        let body = judgement.body[...]
        let key =
            SecretKeySearch.find(in: body, .anywhere) ?? SecretKeySearch.findEscaped(in: body)
            ?? SecretKeySearch.findPercentEncoded(in: body, .anywhere)
        return key.flatMap { refuse($0, &judgement) }
    }

    private static func find(inKeyPlace value: Bytes) -> Bytes? {
        if let key = SecretKeySearch.find(in: value, .keyPlace) { return key }
        if let key = SecretKeySearch.findPercentEncoded(in: value, .keyPlace) { return key }
        guard value.prefix(6).equalsIgnoringCase("basic ") else { return nil }
        return SecretKeySearch.findBase64Encoded(in: value.dropFirst(6).drop { $0 == 0x20 }, .keyPlace)
    }

    private static func refuse(_ key: Bytes, _ judgement: inout Judgement) -> Verdict? {
        judgement.identify(key, as: .secret)
        return .refuse(
            Refusal(
                401, .invalidAPIKey, .secretKey,
                message: judgement.isForEndpoint ? PlunkMessage.invalidPublicKey : PlunkMessage.invalidSecretKey,
                suggestion: "A secret key (sk_*) was sent to a public endpoint and is exposed. Rotate it in Plunk's "
                    + "dashboard now, and use the public key (pk_*) in browsers and apps."
            ))
    }
}

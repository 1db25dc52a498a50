/// Check 3: a secret key must never have come here. It is looked for wherever a client may have put it, because the
/// team has to learn that it is exposed even if this request would have been refused for another reason.
enum SecretKeyRule {
    /// Everything in the head: the request line, Authorization in any form, and all other fields, known or not.
    static func checkHead(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        if let key = find(inLinesOf: .authorization, head) ?? find(inLinesOf: .apiKey, head)
            ?? findForwarded(head)
        {
            return refuse(key, &judgement)
        }
        return SecretKeySearch.findHidden(in: head.everything, isJSON: false).flatMap { refuse($0, &judgement) }
    }

    /// The body, in clear text or behind JSON's escapes, whether or not it is JSON.
    static func checkBody(_ judgement: inout Judgement) -> Verdict? {
        SecretKeySearch.findHidden(in: judgement.body[...], isJSON: true).flatMap { refuse($0, &judgement) }
    }

    /// Behind any text, for Plunk gets the field as it is.
    private static func findForwarded(_ head: RequestHead) -> [UInt8]? {
        guard head.lines(of: .idempotencyKey) > 0 else { return nil }
        for value in head.reversedValues(of: .idempotencyKey) {
            if let key = SecretKeySearch.find(in: value, .anywhere) { return SecretKeySearch.copy(key) }
            if let key = SecretKeySearch.findPercentEncoded(in: value, .anywhere) { return key }
        }
        return nil
    }

    private static func find(inLinesOf name: FieldName, _ head: RequestHead) -> [UInt8]? {
        guard head.lines(of: name) > 1 else { return head.value(of: name).flatMap(find(inKeyPlace:)) }
        for value in head.reversedValues(of: name) {
            if let key = find(inKeyPlace: value) { return key }
        }
        return nil
    }

    private static func find(inKeyPlace value: Bytes) -> [UInt8]? {
        if let key = SecretKeySearch.find(in: value, .keyPlace) { return SecretKeySearch.copy(key) }
        if let key = SecretKeySearch.findPercentEncoded(in: value, .keyPlace) { return key }
        guard value.prefix(6).equalsIgnoringCase("basic ") else { return nil }
        return SecretKeySearch.findBase64Encoded(in: value.dropFirst(6).drop { $0 == 0x20 }, .keyPlace)
    }

    private static func refuse(_ key: [UInt8], _ judgement: inout Judgement) -> Verdict? {
        judgement.identify(key[...], as: .secret)
        Erasure.erase(key)
        return .refuse(
            Refusal(
                401, .invalidAPIKey, .secretKey,
                message: judgement.isForEndpoint ? PlunkMessage.invalidPublicKey : PlunkMessage.invalidSecretKey,
                suggestion: """
                    A secret key (sk_*) was sent to a public endpoint and is exposed. Rotate it in Plunk's dashboard now, \
                    and use the public key (pk_*) in browsers and apps.
                    """
            ))
    }
}

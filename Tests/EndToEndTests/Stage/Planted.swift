/// Words that tests plant in what they send, and look for where they must not turn up.
enum Planted {
    /// In no byte of log, stdout, stderr, answer or upstream.
    static let secret = "sk_CANARY0123456789abcdef0123456789abcdef"
    /// The event of requests that must never be taken for one: in no byte upstream.
    static let smuggledEvent = "CANARY-smuggled"
    /// Upstream in Authorization, and nowhere else.
    static let publicKey = "pk_PLANTED0123456789abcdef0123456789abcdef"
    /// What is left of the words above when somebody cuts a prefix off.
    static let marks = ["CANARY", "PLANTED"]
}

import EdgeTLS
import Synchronization
import Testing

@testable import EdgeCore

@Suite struct KeyRuleTests {
    private static let unknown = Ruling.refused(
        401, .invalidAPIKey, .unknownKey,
        "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint.",
        "Verify your API key is correct and starts with \"sk_\" for secret keys or \"pk_\" for public keys.")

    private static func request(_ key: String) -> TestRequest { TestRequest(authorization: ["Bearer \(key)"]) }

    private static func digest(_ text: String) -> KeyDigest { Array(text.utf8).withUnsafeBytes(SHA256.digest) }

    static let public255 = "pk_" + String(repeating: "a", count: 252)

    @Test(
        "Without a list every well-formed public key passes as it is",
        arguments: ["pk_a", "pk_your_public_key", "pk_A-Z_09", TestRequest.key, public255])
    func open(_ key: String) throws {
        let (ruling, judgement) = try Self.request(key).judged()
        #expect(ruling == .passes)
        #expect(judgement.key == Array(key.utf8)[...])
        #expect(judgement.fingerprint?.kind == .public)
        #expect(judgement.fingerprint?.name == nil)
        #expect(judgement.keyDigest == Self.digest(key))
    }

    @Test(
        "What is no public key does not",
        arguments: [
            "pk_", "PK_abcdef", "Pk_abcdef", "pk-abcdef", "pkabcdef", "abcdef", "p", "xpk_abcdef", "pk_a.b", "pk_a%62",
            "pk_a+", "pk_\"a\"", "pk_a;b", "pk_a=", public255 + "a", "pk_" + String(repeating: "a", count: 10_000),
        ])
    func malformed(_ key: String) throws {
        let (ruling, judgement) = try Self.request(key).judged()
        #expect(ruling == Self.unknown)
        #expect(judgement.fingerprint?.kind == .unknown)
    }

    private static let listed = Policy.with(keys: [
        .init("web", accepts: ["pk_web_new", "pk_web_old"], sends: "pk_web_new"),
        .init("app", accepts: ["app", "task_1"], sends: "pk_app"), .init("plain", accepts: ["pk_plain"]),
        .init("broken", accepts: ["alias-without-key"]),
    ]) { _ in }

    struct Listed: CustomTestStringConvertible, Sendable {
        var shown: String
        var sent: String
        var kind: KeyFingerprint.Kind
        var name: String
        var testDescription: String { shown }
    }

    static let accepted = [
        Listed(shown: "pk_web_new", sent: "pk_web_new", kind: .public, name: "web"),
        Listed(shown: "pk_web_old", sent: "pk_web_new", kind: .public, name: "web"),
        Listed(shown: "app", sent: "pk_app", kind: .alias, name: "app"),
        Listed(shown: "task_1", sent: "pk_app", kind: .alias, name: "app"),
        Listed(shown: "pk_plain", sent: "pk_plain", kind: .public, name: "plain"),
    ]

    @Test("A listed key or alias sends its entry's key", arguments: accepted)
    func sends(_ row: Listed) throws {
        let (ruling, judgement) = try Self.request(row.shown).judged(by: Self.listed)
        #expect(ruling == .passes)
        #expect(judgement.key == Array(row.sent.utf8)[...])
        #expect(judgement.fingerprint?.kind == row.kind)
        #expect(judgement.fingerprint?.name == row.name)
        #expect(judgement.fingerprint?.id == UInt32(Self.digest(row.shown).words.0 >> 32))
        #expect(judgement.keyDigest == Self.digest(row.sent))
    }

    @Test(
        "With a list nothing else passes, the key that an entry sends included",
        arguments: ["pk_app", "pk_web", "PK_WEB_NEW", "pk_web_new2", "App", TestRequest.key, "alias-without-key"])
    func unlisted(_ key: String) throws {
        let (ruling, judgement) = try Self.request(key).judged(by: Self.listed)
        #expect(ruling == Self.unknown)
        #expect(judgement.fingerprint?.id == UInt32(Self.digest(key).words.0 >> 32))
    }

    @Test("An entry stands in for a missing key")
    func whenMissing() throws {
        let policy = Policy.with(keys: [.init("web", accepts: ["web"], sends: "pk_web", whenMissing: true)]) { _ in }
        let (ruling, judgement) = try TestRequest(authorization: []).judged(by: policy)
        #expect(ruling == .passes)
        #expect(judgement.key == Array("pk_web".utf8)[...])
        #expect(judgement.fingerprint?.kind == .public)
        #expect(judgement.fingerprint?.name == "web")
        #expect(judgement.keyDigest == Self.digest("pk_web"))
    }

    @Test(
        "A key is looked up by the digest of all of it, once, whether or not it is known",
        arguments: [
            "pk_web_new", "pk_web_neu", "pk_nothing", "task_1", "task_2", "pk_" + String(repeating: "a", count: 200),
        ])
    func digests(_ shown: String) throws {
        let hashed = Mutex<[[UInt8]]>([])
        let keys = KeyTable(
            entries: [
                .init(
                    name: "web", accepts: [Self.digest("pk_web_new"), Self.digest("task_1")],
                    sends: Array("pk_web".utf8))
            ],
            sha256: { text in
                hashed.withLock { $0.append(Array(text)) }
                return SHA256.digest(text)
            })
        hashed.withLock { $0 = [] }
        _ = try Self.request(shown).judged(by: Policy(keys: keys))
        #expect(hashed.withLock { $0 } == [Array(shown.utf8)])
    }

    @Test("No key, no digest of one")
    func noKey() throws {
        let judgement = try TestRequest(authorization: []).judged().judgement
        #expect(judgement.keyDigest == nil)
        #expect(judgement.fingerprint == nil)
    }
}

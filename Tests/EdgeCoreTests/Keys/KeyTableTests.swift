import EdgeTLS
import Testing

@testable import EdgeCore

@Suite struct KeyTableTests {
    private static func digest(_ text: String) -> KeyDigest { Array(text.utf8).withUnsafeBytes(SHA256.digest) }

    private static let table = KeyTable(
        entries: [
            .init(name: "web", accepts: [digest("pk_web_new"), digest("pk_web_old")], sends: Array("pk_web_new".utf8)),
            .init(
                name: "app", accepts: [digest("app"), digest("pk_web_old")], sends: Array("pk_app".utf8),
                whenMissing: true),
            .init(name: "plain", accepts: [digest("pk_plain")], sends: nil, whenMissing: true),
        ], sha256: { SHA256.digest($0) })

    @Test("An entry is found by the digest of what was shown; of two entries the first")
    func entries() {
        #expect(Self.table.entry(accepting: Self.digest("pk_web_new")) == 0)
        #expect(Self.table.entry(accepting: Self.digest("pk_web_old")) == 0)
        #expect(Self.table.entry(accepting: Self.digest("app")) == 1)
        #expect(Self.table.entry(accepting: Self.digest("pk_plain")) == 2)
        #expect(Self.table.entry(accepting: Self.digest("pk_app")) == nil)
        #expect(Self.table.entry(accepting: Self.digest("APP")) == nil)
        #expect(Self.table.entry(accepting: Self.digest("")) == nil)
    }

    @Test("Only an entry with a key to send stands in for a missing one")
    func whenMissing() {
        #expect(Self.table.entryWhenMissing == 1)
        let plain = KeyTable(entries: [Self.table.entries[2]], sha256: Self.table.sha256)
        #expect(plain.entryWhenMissing == nil)
        #expect(KeyTable(sha256: Self.table.sha256).entryWhenMissing == nil)
    }

    @Test("Digests differ in any word")
    func digests() {
        let digest = KeyDigest((1, 2, 3, 4))
        #expect(digest == KeyDigest((1, 2, 3, 4)))
        for other in [(0, 2, 3, 4), (1, 0, 3, 4), (1, 2, 0, 4), (1, 2, 3, 0)] as [(UInt64, UInt64, UInt64, UInt64)] {
            #expect(digest != KeyDigest(other))
        }
    }

    @Test("A digest is SHA-256 (FIPS 180-4)")
    func sha256() {
        #expect(
            Self.digest("abc")
                == KeyDigest(
                    (0xba78_16bf_8f01_cfea, 0x4141_40de_5dae_2223, 0xb003_61a3_9617_7a9c, 0xb410_ff61_f200_15ad)))
        #expect(
            Self.digest("")
                == KeyDigest(
                    (0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)))
    }

    static let fingerprints: [(key: [UInt8], last4: String)] = [
        (Array("pk_0123456789abcdef".utf8), "cdef"), (Array("pk_0123456789012".utf8), "9012"),
        (Array("pk_012345678901".utf8), ""), (Array("a".utf8), ""), ([], ""),
        (Array("pk_0123456789ab é".utf8), ""), (Array("pk_0123456789ab\"\n".utf8), ""),
        (Array("pk_0123456789ab d".utf8), ""), (Array("pk_0123456789ab\"\\".utf8), "ab\"\\"),
    ]

    @Test("Of a key only four bytes are said, of a short one none", arguments: fingerprints)
    func fingerprint(key: [UInt8], last4: String) {
        let digest = KeyDigest((0x0123_4567_89AB_CDEF, 2, 3, 4))
        let fingerprint = KeyFingerprint(of: key[...], digest: digest, kind: .alias, name: "web")
        #expect(fingerprint == KeyFingerprint(kind: .alias, id: 0x0123_4567, last4: last4, name: "web"))
    }
}

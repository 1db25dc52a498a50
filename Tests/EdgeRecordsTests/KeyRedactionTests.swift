import EdgeCore
import Testing

@Suite struct KeyRedactionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var value: String
        var redacted: String?
        var testDescription: String { value }

        init(_ value: String, _ redacted: String?) { (self.value, self.redacted) = (value, redacted) }
    }

    static let cases = [
        Case("", nil),
        Case("/v1/track", nil),
        Case("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", nil),
        // Keys.
        Case("sk_CANARY123", "sk_***"),
        Case("pk_CANARY123", "pk_***"),
        Case("/v1/sk_CANARY-12_3/x", "/v1/sk_***/x"),
        Case("/sk_first11/pk_second2.html", "/sk_***/pk_***.html"),
        Case("SK_CANARY123 Pk_CANARY123 sK_CANARY123", "sk_*** pk_*** sk_***"),
        Case("_sk_CANARY123", "_sk_***"),
        Case("ésk_CANARY123", "ésk_***"),
        Case("0123456789012sk_CANARY and 01234567890123 sk_CANARY", "0123456789012sk_CANARY and 01234567890123 sk_***"),
        Case("sk_sk_CANARY", "sk_***"),
        Case("sk_abcde/sk_abcdef", "sk_abcde/sk_***"),
        // No keys.
        Case("sk_abcde", nil),
        Case("sk_", nil),
        Case("task_finished_today", nil),
        Case("9pk_CANARY123", nil),
        Case("sk-CANARY123", nil),
        Case("k_CANARY123", nil),
        // Hidden by percent-encoding.
        Case("/sk%5FCANARY123", "sk_***"),
        Case("/sk%5fCANARY123", "sk_***"),
        Case("/%73k_CANARY123", "sk_***"),
        Case("/%70%6B%5F%43%41%4E%41%52%59", "pk_***"),
        Case("/Bearer%20sk_CANARY123", "sk_***"),
        Case("/%2573k_CANARY123", "sk_***"),
        Case("/%%373k_CANARY123", "sk_***"),
        Case("/sk_%43ANARY", "sk_***"),
        Case("/100%/sk_CANARY123", "sk_***"),
        Case("/a%20b", nil),
        Case("/%zz%", nil),
        Case("/sk%5", nil),
        Case("/task%5Ffinished", nil),
    ]

    @Test("Keys are taken out of what is logged, and nothing else is", arguments: cases)
    func redacts(_ item: Case) {
        let bytes = Array(item.value.utf8)
        let redacted = bytes.withUnsafeBufferPointer { KeyRedaction.redacted($0) }
        #expect(redacted.map { String(decoding: $0, as: UTF8.self) } == item.redacted)
    }

    @Test("A key is found wherever it stands in a value")
    func findsAtEveryOffset() {
        for offset in 0..<40 {
            for filler in [UInt8(ascii: "/"), UInt8(ascii: "_"), 0x00, 0xFF] {
                let before = [UInt8](repeating: filler, count: offset)
                let value = before + Array("sk_CANARY".utf8) + [UInt8(ascii: "/")]
                let redacted = value.withUnsafeBufferPointer { KeyRedaction.redacted($0) }
                #expect(redacted == before + Array("sk_***/".utf8))
            }
        }
    }
}

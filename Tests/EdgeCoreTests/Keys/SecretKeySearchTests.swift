import Testing

@testable import EdgeCore

@Suite struct SecretKeySearchTests {
    private static let key = "sk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    static let found: [(text: String, key: String)] = [
        (key, key), ("Bearer \(key)", key), ("a=\(key)&b=c", key), ("\"\(key)\"", key), ("\(key), \(key)", key),
        ("_\(key)", key), ("-\(key).", key), ("é\(key)é", key), ("\0\(key)\0", key), ("SK_ABCDEF", "SK_ABCDEF"),
        // A whole key is one whatever stands before it.
        ("a" + key, key), ("sK_abcdef", "sK_abcdef"), ("/sk_abc-_f/", "sk_abc-_f"),
        ("sk_SK sk_abcdef", "sk_abcdef"),
        ("ssk_abcdef sk_fedcba", "sk_fedcba"), ("sk_sk_abc", "sk_sk_abc"), ("sksk_ sk_abcdef", "sk_abcdef"),
        ("s_k_sk_abcdef", "sk_abcdef"), ("k_sk_abcdef", "sk_abcdef"), ("__sk_abcdef", "sk_abcdef"),
        ("fifteen_letter-sk_abcdef", "sk_abcdef"), ("more than sixteen_sk_abcdef", "sk_abcdef"),
        // A whole key in a random text, too.
        ("eyJhbGciOiJIUzI1NiJ9-" + key, key), ("eyJhbGciOiJIUzI1NiJ9-" + key + "_x", key + "_x"),
    ]

    @Test("A secret key is found wherever it begins a word", arguments: found)
    func finds(text: String, key: String) {
        #expect(SecretKeySearch.find(in: Array(text.utf8)[...], .anywhere).map(Array.init) == Array(key.utf8))
    }

    @Test("A key is found at every offset, alone and between other bytes")
    func offsets() {
        for filler in ["x", "s", "k", "_", " ", "sk", "k_", "\u{0}", "é"] {
            for count in 0..<24 {
                let before = String(repeating: filler, count: count) + " "
                let text = Array("\(before)\(Self.key)\"".utf8)
                // A slice in the middle of others: offsets are the slice's own.
                let slice = (Array("sk_".utf8) + text)[3...]
                let found = SecretKeySearch.find(in: slice, .anywhere)
                #expect(found?.startIndex == 3 + before.utf8.count)
                #expect(found?.elementsEqual(Self.key.utf8) == true)
            }
        }
    }

    @Test(
        "What only looks like a key is none",
        arguments: [
            "", "s", "sk", "sk_", "sk_SK", "sk_SK.UTF-8", "sk_abcde", "sk-abcdef", "sk abcdef", "task_id_of_it",
            "risk_level_high", "disk_usage_total", "ask_questions", "1sk_abcdef", "Task_0123456789",
            "pk_0123456789abcdef",
            // Base64url, as of a session's cookie.
            "eyJhbGciOiJIUzI-sK_d3Qx9Zk", "eyJhbGciOiJIUz-_sk_d3Qx9Zk",
            "dQw4w9WgXcQsK_" + String(repeating: "d3Qx9Zk-", count: 20), "x" + key.dropLast(17) + "g",
            "s\u{212A}_abcdef", "ѕk_abcdef", "ｓｋ_abcdef", "s\u{200B}k_abcdef", "sk\u{332}_abcdef", "sk\u{FF3F}abcdef",
        ])
    func findsNothing(_ text: String) {
        #expect(SecretKeySearch.find(in: Array(text.utf8)[...], .anywhere) == nil)
    }

    @Test("Where nothing but a key belongs, the prefix is enough", arguments: ["sk_", "Bearer sk_", "sk_a", "SK_é"])
    func keyPlace(_ text: String) {
        #expect(SecretKeySearch.find(in: Array(text.utf8)[...], .keyPlace) != nil)
        #expect(SecretKeySearch.find(in: Array(text.utf8)[...], .anywhere) == nil)
    }

    @Test("An alias that only ends like the prefix is no secret key", arguments: ["task_", "desk_app", "pk_task_1"])
    func keyPlaceAliases(_ text: String) {
        #expect(SecretKeySearch.find(in: Array(text.utf8)[...], .keyPlace) == nil)
    }

    static let percentEncoded: [(text: String, isFound: Bool)] = [
        ("%73%6b%5fabcdef", true), ("%73%6B%5Fabcdef", true), ("?key=%73k_abcdef", true), ("sk%5Fabcdef", true),
        ("sk_%61%62%63%64%65%66", true), ("%2573k_abcdef", true), ("%252573k_abcdef", true),
        ("%25%37%33k_abcdef", true),
        ("Bearer%20sk_abcdef", true), ("%%73k_abcdef", true), ("sk_abcdef", false), ("%73k_abc", false),
        ("%7 3k_abcdef", false), ("%", false), ("%7", false), ("%zz", false), ("ta%73k_abcdef", false),
    ]

    @Test("Percent-encoding hides no key, however often it was applied", arguments: percentEncoded)
    func resolves(text: String, isFound: Bool) {
        let found = SecretKeySearch.findPercentEncoded(in: Array(text.utf8)[...], .anywhere)
        #expect((found != nil) == isFound)
    }

    static let base64: [(text: String, isFound: Bool)] = [
        ("c2tfOg==", true),  // sk_:
        ("c2tfYWJjZGVmOg==", true),  // sk_abcdef:
        ("c2tfYWJjZGVmOg", true), ("dXNlcjpza19hYmNkZWY=", true),  // user:sk_abcdef
        ("Pz8-c2tfYWJjZGVm", true),  // ??>sk_abcdef in the URL-safe alphabet
        ("Pz8+c2tfYWJjZGVm", true), ("cGtfYWJjZGVmOg==", false),  // pk_abcdef:
        ("dGFza19pZA==", false),  // task_id
        ("", false), ("====", false), ("!", false),
        // What belongs to no alphabet is passed over by some who decode it.
        ("c2tf!", true), ("c2t fOg==", true), ("c2\u{e9}tf", true), ("dGFz!a19pZA==", false),
    ]

    @Test("Base64 hides no key", arguments: base64)
    func decodes(text: String, isFound: Bool) {
        #expect((SecretKeySearch.findBase64Encoded(in: Array(text.utf8)[...], .keyPlace) != nil) == isFound)
    }

    @Test("Base64 of any length is decoded", arguments: 0..<20)
    func base64Lengths(_ length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
        let text = Array(bytes.base64.utf8)
        #expect(Array(SecretKeySearch.base64Decoded(text[...])) == bytes)
        let unpadded = text.filter { $0 != UInt8(ascii: "=") }
        #expect(Array(SecretKeySearch.base64Decoded(unpadded[...])) == bytes)
    }

    @Test("What is found outlives what it was found in, also where that is nothing else")
    func outlives() {
        let key = Array("sk_abcdef".utf8)
        #expect(SecretKeySearch.findPercentEncoded(in: Array("%73k_abcdef".utf8)[...], .anywhere) == key)
        #expect(SecretKeySearch.findBase64Encoded(in: Array("c2tfYWJjZGVm".utf8)[...], .anywhere) == key)
        #expect(SecretKeySearch.findEscaped(in: Array(#"sk\u005fabcdef"#.utf8)[...]) == key)
        #expect(SecretKeySearch.findHidden(in: key[...], isJSON: true) == key)
    }

    @Test("Percent-encoding around JSON's escapes hides no key, nor the other way round")
    func nested() {
        for text in [#""%5Cu0073k_abcdef""#, #""%255cu0073k_abcdef""#, #""\u002573k_abcdef""#] {
            #expect(SecretKeySearch.findHidden(in: Array(text.utf8)[...], isJSON: true) != nil, "\(text)")
        }
    }

    static let escaped: [(text: String, isFound: Bool)] = [
        (#""\u0073\u006b\u005fabcdef""#, true), (#""\u0073\u006B_abcdef""#, true), (#"\nsk_abcdef"#, true),
        (#"\\sk_abcdef"#, true), (#"{"a":"sk\u005fabcdef""#, true), (#""sk_\u0061bcdef""#, true),
        (#"\u0041sk_abcdef"#, false), (#"\u00e9sk_abcdef"#, true), (#"sk\/_abcdef"#, false), (#"\u007"#, false),
        (#"\uzzzzsk_abcdef"#, false), (#"\"#, false), (#"sk_abcdef"#, false), (#"\u0073k_abc"#, false),
        (#"\\u0073k_abcdef"#, false), (#"\ud873sk_abcdef"#, true), (#"\u0173k_abcdef"#, false),
    ]

    @Test("JSON's escapes hide no key", arguments: escaped)
    func unescapes(text: String, isFound: Bool) {
        #expect((SecretKeySearch.findEscaped(in: Array(text.utf8)[...]) != nil) == isFound)
    }
}

extension [UInt8] {
    /// Base64 with padding (RFC 4648, section 4).
    fileprivate var base64: String {
        let alphabet = Array<Character>("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: count, by: 3) {
            let group = self[start..<Swift.min(start + 3, count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }
}

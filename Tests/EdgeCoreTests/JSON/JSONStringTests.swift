import EdgeCore
import EdgeTestSupport
import Testing

/// Strings: UTF-8, escapes, and what they mean.
@Suite struct JSONStringTests {
    private func failure(in content: [UInt8]) -> JSONFailure? { JSONRecorder.failure(of: [0x22] + content + [0x22]) }

    @Test("control characters are refused as they are and accepted escaped", arguments: 0..<0x20 as Range<UInt8>)
    func controlCharacters(byte: UInt8) throws {
        #expect(failure(in: [0x61, byte]) == JSONFailure(.controlCharacter(byte), at: 2))
        let digits = String(byte, radix: 16)
        let escape = #"["\u00"# + (byte < 16 ? "0" : "") + digits + #""]"#
        #expect(try meanings(of: Array(escape.utf8)) == [[byte]])
    }

    @Test("only RFC 8259's letters make an escape", arguments: UInt8.min...UInt8.max)
    func escapeLetters(byte: UInt8) throws {
        let known: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        ]
        let text: [UInt8] = Array("[\"a".utf8) + [0x5C, byte] + Array("0041\"]".utf8)
        if let meaning = known[byte] {
            #expect(try meanings(of: text) == [[0x61, meaning] + Array("0041".utf8)])
        } else if byte == UInt8(ascii: "u") {
            #expect(try meanings(of: text) == [Array("aA".utf8)])
        } else {
            #expect(JSONRecorder.failure(of: text) == JSONFailure(.invalidEscape, at: 3))
        }
    }

    struct Escape: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// nil: the text means `meaning`.
        var failure: JSONFailure?
        var meaning = ""

        init(_ text: String, means meaning: String) { (testDescription, self.meaning) = (text, meaning) }

        init(_ text: String, _ problem: JSONFailure.Problem, at offset: Int) {
            (testDescription, failure) = (text, JSONFailure(problem, at: offset))
        }
    }

    @Test(
        "escapes of code units",
        arguments: [
            Escape(#"["\u0041\u00e9\u20AC"]"#, means: "Aé€"),
            Escape(#"["\u0000"]"#, means: "\0"),
            Escape(#"["\ud83d\ude00"]"#, means: "😀"),
            Escape(#"["\uD800\uDC00\uDBFF\uDFFF"]"#, means: "\u{10000}\u{10FFFF}"),
            Escape(#"["\ud7ff\ue000\uffff"]"#, means: "\u{D7FF}\u{E000}\u{FFFF}"),
            Escape(#"["\\ud83d"]"#, means: #"\ud83d"#),
            Escape(#"["é\u00e9é"]"#, means: "ééé"),
            Escape(#"["\u"]"#, .invalidEscape, at: 2),
            Escape(#"["\u12"]"#, .invalidEscape, at: 2),
            Escape(#"["\u123"]"#, .invalidEscape, at: 2),
            Escape(#"["\u123g"]"#, .invalidEscape, at: 2),
            Escape(#"["\u+123"]"#, .invalidEscape, at: 2),
            Escape(#"["\u{41}"]"#, .invalidEscape, at: 2),
            Escape(#"["\U0041"]"#, .invalidEscape, at: 2),
            Escape(#"["\u00４1"]"#, .invalidEscape, at: 2),
            Escape(#"["\u12"#, .unexpectedEnd, at: 6),
            Escape(#"["\"#, .unexpectedEnd, at: 3),
            Escape(#"["a\uD800"]"#, .loneSurrogate, at: 3),
            Escape(#"["\uD800a"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uDBFF\n"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uDC00"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uDFFF\uD800"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uD800\uD800\uDC00"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uD800\u0041"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uD800\\uDC00"]"#, .loneSurrogate, at: 2),
            Escape(#"["\uD800\uDC0g"]"#, .invalidEscape, at: 8),
            Escape(#"["\uD800\uDC"]"#, .invalidEscape, at: 8),
            Escape(#"{"\uDEAD":1}"#, .loneSurrogate, at: 2),
        ])
    func escapes(_ example: Escape) throws {
        let text = Array(example.testDescription.utf8)
        #expect(JSONRecorder.failure(of: text) == example.failure)
        if example.failure == nil { #expect(try meanings(of: text) == [Array(example.meaning.utf8)]) }
    }

    @Test("every Unicode scalar at an edge of its length is UTF-8")
    func scalars() throws {
        let edges: [UInt32] = [
            0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x1_0000,
            0x3_FFFF, 0x4_0000, 0xF_FFFF, 0x10_0000, 0x10_FFFF,
        ]
        for edge in edges {
            let bytes = Array(String(try #require(UnicodeScalar(edge))).utf8)
            #expect(failure(in: bytes) == nil)
            // Cut anywhere, followed by the quote or by more text, it is not.
            for length in 1..<bytes.count {
                #expect(failure(in: Array(bytes[..<length])) == JSONFailure(.invalidUTF8, at: 1))
                #expect(failure(in: bytes[..<length] + [0x61]) == JSONFailure(.invalidUTF8, at: 1))
                let open: [UInt8] = [0x22] + bytes[..<length]
                #expect(JSONRecorder.failure(of: open) == JSONFailure(.invalidUTF8, at: 1))
            }
        }
    }

    /// Every two bytes, and every first byte with second bytes at the edges of Unicode's table 3-7 and good or bad
    /// further bytes, judged as the standard library's own decoder judges them.
    @Test(
        "byte sequences are well-formed where Swift's UTF-8 decoder says so",
        arguments: 0x80...0xFF as ClosedRange<UInt8>)
    func sequences(first: UInt8) {
        func check(_ bytes: [UInt8]) {
            let expected = String(validating: bytes, as: UTF8.self) == nil ? JSONFailure(.invalidUTF8, at: 1) : nil
            // Bytes below 0x80 behind the sequence are text; a quote would end it, a control character is another problem.
            guard bytes.dropFirst().allSatisfy({ $0 > 0x22 && $0 != 0x5C }) else { return }
            let found = failure(in: bytes)
            #expect((found == nil) == (expected == nil), "\(bytes)")
            if let found { #expect(found.problem == .invalidUTF8) }
        }
        check([first])
        for second in UInt8.min...UInt8.max { check([first, second]) }
        let edges: [UInt8] = [0x23, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for second in edges {
            for third in edges {
                check([first, second, third])
                for fourth in edges { check([first, second, third, fourth]) }
            }
        }
    }

    @Test("invalid UTF-8 behind other text is found where it stands")
    func offsets() {
        #expect(JSONRecorder.failure(of: Array("{\"é\":\"€".utf8) + [0xC0, 0xAF]) == JSONFailure(.invalidUTF8, at: 10))
        #expect(JSONRecorder.failure(of: Array("{\"".utf8) + [0xED, 0xA0, 0x80]) == JSONFailure(.invalidUTF8, at: 2))
    }
}

/// The meaning of the strings that stand in `text` as a JSON array of strings.
func meanings(of text: [UInt8]) throws -> [[UInt8]] {
    let events = try JSONRecorder.events(of: text)
    return text.withUnsafeBufferPointer { buffer in
        events.compactMap { event in
            guard case .scalar(.string(let hasEscapes), let range) = event else { return nil }
            return JSONString(range: range.lowerBound + 1..<range.upperBound - 1, hasEscapes: hasEscapes)
                .bytes(in: buffer)
        }
    }
}

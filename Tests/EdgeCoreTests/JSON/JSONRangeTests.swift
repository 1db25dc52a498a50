import EdgeCore
import EdgeTestSupport
import Testing

/// What a visitor hears: the values, whole and in order, as ranges of the text.
@Suite struct JSONRangeTests {
    @Test("every kind of value, with its range")
    func events() throws {
        let text = #" {"a" : -1.5e3, "b\n":[ "x", "\t" ,true,false,null,{}] } "#
        let expected: [JSONEvent] = [
            .beginObject(1), .name(3..<4, hasEscapes: false), .scalar(.number, 8..<14),
            .name(17..<20, hasEscapes: true), .beginArray(22), .scalar(.string(hasEscapes: false), 24..<27),
            .scalar(.string(hasEscapes: true), 29..<33), .scalar(.true, 35..<39), .scalar(.false, 40..<45),
            .scalar(.null, 46..<50), .beginObject(51), .endObject(53), .endArray(54), .endObject(56),
        ]
        #expect(try JSONRecorder.events(of: Array(text.utf8)) == expected)
    }

    @Test(
        "a text of one scalar",
        arguments: [
            ("\"\"", .string(hasEscapes: false)), ("\"\\u0041\"", .string(hasEscapes: true)), ("0", .number),
            ("-0.10E-01", .number), ("true", .true), ("false", .false), ("null", .null),
        ] as [(String, JSONScalar)])
    func scalars(text: String, scalar: JSONScalar) throws {
        #expect(try JSONRecorder.events(of: Array(text.utf8)) == [.scalar(scalar, 0..<text.utf8.count)])
        let padded = Array(("\r\n" + text + "\t ").utf8)
        #expect(try JSONRecorder.events(of: padded) == [.scalar(scalar, 2..<2 + text.utf8.count)])
    }

    @Test(
        "the values cut out and put together again are the same text without its white space",
        arguments: 0..<50 as Range<UInt64>)
    func rebuilding(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<20 {
            let value = generator.value()
            let text = generator.text(of: value, spacing: true)
            let rebuilt = compact(text, try JSONRecorder.events(of: text))
            #expect(rebuilt == generator.text(of: value, spacing: false))
            #expect(try compact(rebuilt, JSONRecorder.events(of: rebuilt)) == rebuilt)
        }
    }

    private func compact(_ text: [UInt8], _ events: [JSONEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        var needsComma = false
        for event in events {
            let part = text[event.range]
            switch event {
            case .beginObject, .beginArray:
                if needsComma { bytes.append(",") }
                bytes += part
                needsComma = false
            case .endObject, .endArray:
                bytes += part
                needsComma = true
            case .name:
                if needsComma { bytes.append(",") }
                bytes += [0x22] + part + [0x22, 0x3A]
                needsComma = false
            case .scalar:
                if needsComma { bytes.append(",") }
                bytes += part
                needsComma = true
            }
        }
        return bytes
    }
}

import EdgeCore
import Foundation

/// What the scanner accepts, Foundation accepts.
package enum JSONTarget: FuzzTarget {
    package static let name = "json"

    private struct Ignorance: JSONVisitor {
        mutating func beginObject(at offset: Int) {}
        mutating func name(_ name: JSONString) {}
        mutating func endObject(end: Int) {}
        mutating func beginArray(at offset: Int) {}
        mutating func endArray(end: Int) {}
        mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) {}
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let isAccepted = input.withUnsafeBufferPointer { text in
            var visitor = Ignorance()
            return (try? JSONScanner.scan(text, visitor: &visitor)) != nil
        }
        guard isAccepted else { return }
        try require(
            (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil,
            "Foundation refuses what the scanner accepts")
    }
}

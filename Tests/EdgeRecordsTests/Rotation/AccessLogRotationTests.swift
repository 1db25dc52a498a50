@testable import EdgeRecords
import Testing

/// What goes into a file before it is full.
@Suite struct AccessLogRotationTests {
    private struct Case: CustomTestStringConvertible {
        var testDescription: String
        var bytes: String
        var size: Int
        var isInsideLine = false
        var portion: Int
    }

    private static let cases = [
        Case(testDescription: "all of it fits", bytes: "one\ntwo\n", size: 2, portion: 8),
        Case(testDescription: "to the last byte", bytes: "12345678\n\n", size: 0, portion: 10),
        Case(testDescription: "only the first line", bytes: "one\ntwo\nthree\n", size: 5, portion: 4),
        Case(testDescription: "a line that ends at the limit", bytes: "one\ntwo\n", size: 6, portion: 4),
        Case(testDescription: "not even the first line", bytes: "one\ntwo\n", size: 7, portion: 0),
        Case(testDescription: "larger than the limit already", bytes: "one\n", size: 99, portion: 0),
        Case(testDescription: "a line longer than a whole file", bytes: "0123456789ab\nnext\n", size: 0, portion: 13),
        Case(
            testDescription: "the rest of a begun line", bytes: "rest\nnext\n", size: 99, isInsideLine: true, portion: 5
        ),
        Case(
            testDescription: "the rest, and what fits", bytes: "t\n12\n34567\n", size: 4, isInsideLine: true, portion: 5
        ),
        Case(testDescription: "a line without an end", bytes: "0123456789ab", size: 0, portion: 12),
    ]

    @Test(arguments: cases)
    private func portion(_ row: Case) {
        let rotation = AccessLogRotation(maximumSize: 10, keep: 1)
        let portion = Array(row.bytes.utf8).withUnsafeBytes {
            rotation.portion(of: $0, size: row.size, isInsideLine: row.isInsideLine)
        }
        #expect(portion == row.portion)
    }
}

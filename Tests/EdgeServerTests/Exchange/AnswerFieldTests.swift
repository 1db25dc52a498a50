@testable import EdgeServer
import Testing

/// HTTP/2's fields are written down beside HTTP/1.1's, so that an answer makes neither from the other.
@Suite struct AnswerFieldTests {
    @Test("A field has one name, which HTTP/2 writes in lower case", arguments: AnswerField.allCases)
    func names(_ field: AnswerField) {
        #expect("\r\n\(field.name): " == "\(field.line)".lowercased())
    }

    @Test("A constant field says the same in both protocols", arguments: ConstantAnswerField.allCases)
    func constants(_ constant: ConstantAnswerField) throws {
        let (name, value) = constant.field
        let line = "\(constant.line)"
        let colon = try #require(line.firstIndex(of: ":"))
        #expect("\r\n\(name)" == line[..<colon].lowercased())
        #expect(": \(value)" == line[colon...])
    }
}

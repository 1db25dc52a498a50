/// What the edge wants to know of an answer's body: that it is JSON, and what its error says.
package struct PlunkAnswer: Hashable, Sendable {
    /// `error.code`, if it is one that the edge knows.
    package private(set) var code: ErrorCode?
    /// `error.details.originalStatusCode`; nil while the first request is under way, or where it does not stand.
    package private(set) var originalStatusCode: Int?

    /// Nil if `body` is not JSON.
    package init?(_ body: Bytes) {
        var reader = Reader()
        let isJSON = body.withUnsafeBufferPointer { text in
            do throws(JSONFailure) {
                // Of a member that stands twice the last counts, as for the client: nobody but Plunk writes it.
                try JSONScanner.scan(text, refusesDuplicates: false, visitor: &reader)
            } catch {
                return false
            }
            // Offsets count from the start of the text, which may stand in the middle of others.
            if let range = reader.code {
                code = ErrorCode(rawValue: String(decoding: text[range].dropFirst().dropLast(), as: UTF8.self))
            }
            if let range = reader.originalStatusCode, range.count == 3 {
                originalStatusCode = Int(String(decoding: text[range], as: UTF8.self))
            }
            return true
        }
        guard isJSON else { return nil }
    }

    /// Follows `error`, `error.details` and nothing else.
    private struct Reader: JSONVisitor {
        var code: Range<Int>?
        var originalStatusCode: Range<Int>?
        private var depth = 0
        /// How deep the present container lies on the path `error.details`.
        private var matched = 0
        private var name: Name = .other

        private enum Name { case error, details, code, originalStatusCode, other }

        /// Lengths are enough here: each name is looked for at one place of an answer whose shape is known, and a
        /// wrong guess yields a value that is no code and no status.
        mutating func name(_ name: JSONString) {
            switch (matched, depth, name.range.count) {
            case (0, 1, 5): self.name = .error
            case (1, 2, 4): self.name = .code
            case (1, 2, 7): self.name = .details
            case (2, 3, 18): self.name = .originalStatusCode
            default: self.name = .other
            }
        }

        mutating func beginObject(at offset: Int) {
            if (name == .error && depth == 1) || (name == .details && depth == 2) { matched = depth }
            depth += 1
            name = .other
        }

        mutating func endObject(end: Int) { leave() }
        mutating func beginArray(at offset: Int) {
            depth += 1
            name = .other
        }
        mutating func endArray(end: Int) { leave() }

        private mutating func leave() {
            depth -= 1
            matched = min(matched, max(0, depth - 1))
        }

        mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) {
            if name == .code, scalar == .string(hasEscapes: false) { code = range }
            if name == .originalStatusCode, scalar == .number { originalStatusCode = range }
            name = .other
        }
    }
}

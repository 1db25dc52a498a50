package import EdgeCore

/// Reads lines of an access log as JSON, whatever their form.
package enum AccessLogReader {
    /// Reads one line, without its newline.
    package static func decode(_ line: Bytes) -> AccessLogLine {
        line.withUnsafeBufferPointer { text in
            guard text.first == UInt8(ascii: "{"), text.count <= LineCutter.maximumLineSize else { return .broken }
            var visitor = AccessLogLineVisitor(text: text)
            do throws(JSONFailure) {
                try JSONScanner.scan(text, visitor: &visitor)
            } catch {
                return .broken
            }
            return visitor.line
        }
    }
}

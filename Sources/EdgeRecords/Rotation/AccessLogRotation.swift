package import EdgeCore

/// When the access log's file makes room for a new one, and how many old ones stay.
package struct AccessLogRotation: Hashable, Sendable {
    /// No file grows beyond this, in bytes, unless its only line does.
    package var maximumSize: Int
    /// How many rotated files are kept, compressed or not.
    package var keep: Int

    package init(maximumSize: Int, keep: Int) { (self.maximumSize, self.keep) = (maximumSize, keep) }

    /// Nil where somebody else rotates.
    package init?(_ settings: AccessLogSettings) {
        guard let maximumSize = settings.maximumSize else { return nil }
        self.init(maximumSize: maximumSize, keep: settings.keep)
    }

    /// How many of `bytes`, whole lines but perhaps for the first one's beginning, may be written to a file.
    ///
    /// - Parameters:
    ///   - size: of the file, in bytes.
    ///   - isInsideLine: whether the first line's beginning stands in the file: then its rest has to.
    /// - Returns: 0 if the file is full.
    func portion(of bytes: UnsafeRawBufferPointer, size: Int, isInsideLine: Bool) -> Int {
        let room = max(0, maximumSize - size)
        if bytes.count <= room { return bytes.count }
        let newline = UInt8(ascii: "\n")
        if let end = bytes.prefix(room).lastIndex(of: newline) { return end + 1 }
        guard isInsideLine || size == 0 else { return 0 }
        return bytes.firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
    }
}

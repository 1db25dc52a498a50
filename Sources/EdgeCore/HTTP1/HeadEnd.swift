/// Finds the empty line that ends a head, and sees early that none will come.
enum HeadEnd {
    /// The offset behind CR LF CR LF.
    ///
    /// - Parameter scanned: how many bytes an earlier call has looked through.
    static func find(in bytes: UnsafeBufferPointer<UInt8>, from scanned: Int) -> Int? {
        // The last byte of the sequence is looked for in steps: a byte that is neither CR nor LF rules out four ends.
        var end = max(4, scanned - 3)
        while end <= bytes.count {
            let last = bytes[end - 1]
            if last == 0x0A {
                if bytes[end - 2] == 0x0D, bytes[end - 3] == 0x0A, bytes[end - 4] == 0x0D { return end }
                end += 2
            } else {
                end += last == 0x0D ? 1 : 4
            }
        }
        return nil
    }

    /// Fails for new bytes that no head can hold, so that a peer that does not speak HTTP is not waited for: controls
    /// (TLS on a plain port), bare LF, bare CR.
    static func checkUnfinished(_ bytes: UnsafeBufferPointer<UInt8>, from scanned: Int) throws(RequestFailure) {
        var index = scanned
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A {
                guard index > 0, bytes[index - 1] == 0x0D else { throw .malformed("A line ends in a bare LF.") }
            } else if index > 0, bytes[index - 1] == 0x0D {
                throw .malformed("A CR stands without its LF.")
            } else if byte < 0x20, byte != 0x0D, byte != 0x09 {
                throw .malformed("The request holds a control character.")
            }
            index += 1
        }
    }
}

private import COpenSSL
package import EdgeCore

/// libcrypto's SHA-256. Any thread.
package enum SHA256 {
    /// Where libcrypto fails (it is out of memory) the digest is that of no key: nothing is let in by it.
    package static func digest(_ bytes: UnsafeRawBufferPointer) -> KeyDigest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { output in
            _ = edge_sha256(bytes.baseAddress, bytes.count, output.baseAddress)
        }
        return KeyDigest((words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }
}

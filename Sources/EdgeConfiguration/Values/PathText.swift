internal import EdgeCore

/// Paths that stand for themselves: nothing in them that one reader decodes or folds and another does not.
enum PathText {
    static func check(_ path: String) throws(Complaint) {
        let bytes = Array(path.utf8)
        guard bytes.first == UInt8(ascii: "/") else {
            throw Complaint("\(path.quoted) does not start with a slash.", "Write \("/\(path)".quoted).")
        }
        guard bytes.allSatisfy({ $0 == UInt8(ascii: "/") || isUnreserved($0) }) else {
            throw Complaint(
                "\(path.quoted) has a character that this path may not have.",
                #"Use only letters, digits, "-", ".", "_", "~" and "/": no query, no "%", nothing beyond ASCII."#)
        }
        let segments = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.dropLast().contains(where: \.isEmpty) {
            throw Complaint("\(path.quoted) has two slashes in a row.", "Write one.")
        }
        if segments.contains(where: { $0.equals(".") || $0.equals("..") }) {
            throw Complaint(
                "\(path.quoted) has a dot segment.", #"Write the path that it leads to, without "." and ".."."#)
        }
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: byte.isASCIIDigit || byte.isASCIILetter
        }
    }
}

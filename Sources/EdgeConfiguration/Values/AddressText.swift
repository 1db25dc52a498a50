internal import EdgeCore

/// Addresses to listen on and addresses to trust.
enum AddressText {
    /// A path of a Unix domain socket has at most this many bytes (unix(7): 108 with the final NUL).
    private static let maximumSocketPath = 107

    /// - Parameters:
    ///   - example: the port that complaints suggest.
    ///   - resolve: makes a path absolute.
    static func listen(
        _ text: String, port example: UInt16 = 8080, resolve: (String) -> String
    ) throws(Complaint) -> ListenAddress {
        if text.hasPrefix("unix:") {
            let written = String(text.dropFirst(5))
            guard !written.isEmpty else {
                throw Complaint("The path of the socket is missing.", #"Write "unix:/run/plunk-edge/edge.sock"."#)
            }
            let path = resolve(written)
            guard path.utf8.count <= maximumSocketPath, !path.utf8.contains(0) else {
                throw Complaint(
                    "The path of the socket has \(path.utf8.count) bytes; the system allows \(maximumSocketPath).",
                    "Choose a shorter path.")
            }
            return .unix(path: path)
        }
        let forms = """
            Write "127.0.0.1:\(example)", "[::1]:\(example)", "0.0.0.0:\(example)" for every address, or "unix:/path".
            """
        if let meant = addressAndPort(withoutBrackets: text) {
            throw Complaint(
                "\(text.quoted) does not show where the address ends and the port begins.", "Write \(meant.quoted).")
        }
        if let address = IPAddress(text) {
            throw Complaint(
                "\(text.quoted) has no port.", "Write \"\(address.description.bracketedHost):\(example)\".")
        }
        guard let host = HostText(Array(text.utf8)) else {
            throw Complaint("\(text.quoted) is not an address to listen on.", forms)
        }
        guard let port = host.port else {
            throw Complaint("\(text.quoted) has no port.", "Write \("\(host.text):\(example)".quoted).")
        }
        return .tcp(host: host.host, port: port)
    }

    /// `[::1]:80` for `::1:80`; nil where what stands before the last colon is no IPv6 address.
    private static func addressAndPort(withoutBrackets text: String) -> String? {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return HostText(Array("[\(text[..<colon])]\(text[colon...])".utf8)).flatMap { host in
            guard host.address?.family == .v6 else { return nil }
            return host.port.map { "\(host.text):\($0)" }
        }
    }

    static func address(_ text: String) throws(Complaint) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw Complaint(
                "\(text.quoted) is not an IP address.",
                #"Write an address without a port: "203.0.113.7" or "2001:db8::7"."#)
        }
        return address
    }

    /// A CIDR block or a single address.
    static func block(_ text: String) throws(Complaint) -> AddressBlock {
        let (address, length): (IPAddress, Int)
        do throws(AddressBlock.TextProblem) {
            (address, length) = try AddressBlock.parts(of: text)
        } catch {
            switch error {
            case .address:
                throw Complaint(
                    "\(text.quoted) is no address, block or word known here.",
                    #"Write "loopback", "private", an address ("10.0.0.7") or a block ("10.0.0.0/8")."#)
            case .length(let maximum):
                throw Complaint("\(text.quoted) has no valid length.", "Write 0 to \(maximum) after the slash.")
            }
        }
        let block = AddressBlock(base: address, length: length)
        guard block.base == address else {
            throw Complaint(
                "\(text.quoted) is not a block: it has bits behind its first \(length).",
                "Write \"\(block.base)/\(length)\" for the block, or \"\(address)\" for the one address.")
        }
        return block
    }
}

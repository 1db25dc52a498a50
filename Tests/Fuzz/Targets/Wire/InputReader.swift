/// An input, read from its front.
struct InputReader {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Up to the next `end`, which stays.
    mutating func bytes(upTo end: UInt8) -> [UInt8] {
        let bytes = rest.prefix { $0 != end }
        rest = rest[bytes.endIndex...]
        return Array(bytes)
    }
}

/// An input taken apart from its front: choices first, what is read last, so that a fuzzer that changes a byte changes
/// one thing. There is always more: behind the end stand zeros.
package struct FuzzInput {
    package private(set) var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    package mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number below `count`.
    package mutating func choice(of count: Int) -> Int { Int(byte()) % count }

    package mutating func flag() -> Bool { byte() & 1 == 1 }

    /// Big-endian.
    package mutating func number(bytes count: Int) -> UInt64 {
        (0..<count).reduce(0) { number, _ in number << 8 | UInt64(byte()) }
    }

    /// As many bytes as the next byte says, or those that are left.
    package mutating func text() -> [UInt8] { take(Int(byte())) }

    package mutating func take(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// What `make` makes, or nothing.
    package mutating func maybe<Value>(_ make: (inout FuzzInput) -> Value) -> Value? { flag() ? make(&self) : nil }
}

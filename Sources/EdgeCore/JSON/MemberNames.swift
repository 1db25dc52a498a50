/// The names of the objects that are open, to find one that stands twice.
struct MemberNames {
    /// Up to this many names comparing each with each is quicker than hashing.
    private static let hashingThreshold = 12

    private var names: [JSONString] = []
    /// Where each open object's names begin in `names`; room for as many as ``JSONScanner/maximumDepth`` lets be open.
    private var starts = InlineArray<32, Int>(repeating: 0)
    private var depth = 0

    mutating func open() {
        if names.isEmpty { names.reserveCapacity(Self.hashingThreshold) }
        starts[depth] = names.count
        depth += 1
    }

    mutating func append(_ name: JSONString) { names.append(name) }

    /// Checks the names of the innermost object and forgets them.
    mutating func close(in text: UnsafeBufferPointer<UInt8>) throws(JSONFailure) {
        depth -= 1
        let members = starts[depth]..<names.count
        if members.count > Self.hashingThreshold || names[members].contains(where: \.hasEscapes) {
            var earlier: Set<[UInt8]> = []
            for name in names[members] where !earlier.insert(name.bytes(in: text)).inserted {
                throw Self.duplicate(name)
            }
        } else {
            for later in members {
                for earlier in members.lowerBound..<later where names[earlier].equals(names[later], in: text) {
                    throw Self.duplicate(names[later])
                }
            }
        }
        names.removeLast(members.count)
    }

    private static func duplicate(_ name: JSONString) -> JSONFailure {
        JSONFailure(.duplicateMember, at: name.range.lowerBound - 1)
    }
}

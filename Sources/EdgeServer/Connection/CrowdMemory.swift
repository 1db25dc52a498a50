/// When memory is worth giving back to the system: after a crowd of connections has gone. The allocator keeps what is freed
/// for those who come next, which is right for a few and wrong for thousands. Confined to its event loop.
struct CrowdMemory {
    /// Fewer connections than that hold too little.
    static let crowd = 500

    private var most = 0

    /// To be called when there are `count` connections.
    mutating func opened(_ count: Int) { most = max(most, count) }

    /// To be called when only `count` are left.
    ///
    /// - Returns: whether it is time, once for each crowd.
    mutating func closed(_ count: Int) -> Bool {
        guard most >= Self.crowd, count <= most / 4 else { return false }
        most = count
        return true
    }
}

/// Overwrites memory that held what a client sent, at the moment when nobody reads it any more: before it goes back to
/// whoever lends it out again, so that no key waits there for somebody who gets to see the process's memory.
package enum Erasure {
    /// Overwrites bytes where they are, whoever else has a share in them.
    ///
    /// Not inlined: a compiler that saw that nobody reads the zeros would leave them out.
    @inline(never)
    package static func erase(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(mutating: bytes).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Overwrites an array's bytes where they are. To be called by its last reader, about memory that was filled at run
    /// time: a view that somebody kept would show zeros.
    package static func erase(_ array: borrowing [UInt8]) {
        if !array.isEmpty { array.withUnsafeBytes(erase) }
    }
}

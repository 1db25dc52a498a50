/// One reader of foreign bytes, and what has to hold of it for any bytes.
///
/// A target asserts more than "it did not crash": that a second reading agrees, that what was written reads back, that
/// nothing passes which must not. It is a pure function of its input, so that a finding can be shown again.
package protocol FuzzTarget: Sendable {
    /// Its name on the command line, and that of its folder in `Tests/Fuzz/Corpora`.
    static var name: String { get }

    /// Reads `input` and throws what is wrong.
    static func check(_ input: [UInt8]) throws(FuzzFinding)
}

/// What a target found wrong.
package struct FuzzFinding: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

extension FuzzTarget {
    /// Throws `finding` unless `condition` holds.
    package static func require(
        _ condition: Bool, _ finding: @autoclosure () -> String
    ) throws(FuzzFinding) {
        if !condition { throw FuzzFinding(finding()) }
    }
}

@testable import EdgeTLS

/// What clients offer to speak inside of TLS (ALPN): the name that is chosen stands in the list, whole, and is the one of
/// all that we like best; a list that is none gives none, unless what we like best stands before its fault.
package enum ApplicationProtocolTarget: FuzzTarget {
    package static let name = "application-protocol"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var (names, start, isList) = ([[UInt8]](), 0, true)
        while start < input.count {
            let end = start + 1 + Int(input[start])
            guard end <= input.count else {
                isList = false
                break
            }
            names.append(Array(input[start + 1..<end]))
            start = end
        }
        let liked = ["h2", "http/1.1"].map { Array($0.utf8) }
        let expected = names.contains(liked[0]) ? liked[0] : isList && names.contains(liked[1]) ? liked[1] : nil
        let chosen = input.withUnsafeBufferPointer { ApplicationProtocol.choice(from: $0) }
        guard let chosen else { return try require(expected == nil, "a name that is offered is not seen") }
        try require(chosen.lowerBound > 0 && chosen.upperBound <= input.count, "a name outside of the list")
        try require(Array(input[chosen]) == expected, "another name is chosen")
        try require(Int(input[chosen.lowerBound - 1]) == chosen.count, "a part of a name is chosen")
        try require(ApplicationProtocol(input[chosen]) != nil, "a name is chosen that nobody speaks")
    }
}

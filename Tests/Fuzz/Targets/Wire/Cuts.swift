/// Ways to cut an input into the pieces in which it arrives. The input decides by itself, so that it can be read as it is.
enum Cuts {
    /// In one piece, byte by byte (a long one in small pieces), and at places that depend on the bytes.
    static func ways(_ input: [UInt8]) -> [[ArraySlice<UInt8>]] {
        let small = max(1, input.count / 4096)
        return [[input[...]], pieces(input) { small }, pieces(input, sizes(of: input))]
    }

    static func pieces(_ input: [UInt8], _ next: () -> Int) -> [ArraySlice<UInt8>] {
        var (pieces, rest) = ([ArraySlice<UInt8>](), input[...])
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, next()))
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// Numbers from 1 on, most of them small, that are the same for the same bytes.
    static func sizes(of input: [UInt8]) -> () -> Int {
        var state = hash(input)
        return {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let range: UInt64 = state >> 62 == 0 ? 512 : 16
            return 1 + Int(truncatingIfNeeded: (state >> 33) % range)
        }
    }

    /// FNV-1a.
    static func hash(_ input: [UInt8]) -> UInt64 {
        input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

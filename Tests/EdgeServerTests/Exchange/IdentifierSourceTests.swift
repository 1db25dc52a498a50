import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct IdentifierSourceTests {
    private static func groups(_ id: [UInt8]) -> [Substring] {
        String(decoding: id, as: UTF8.self).split(separator: "-", omittingEmptySubsequences: false)
    }

    @Test("An id is a UUID of version 7 in lower case")
    func form() throws {
        var source = IdentifierSource()
        for _ in 0..<500 {
            let id = source.make(at: WallTime(milliseconds: 0x0123_4567_89AB)).bytes
            let groups = Self.groups(id)
            #expect(groups.map(\.count) == [8, 4, 4, 4, 12])
            #expect(groups[0] == "01234567" && groups[1] == "89ab")
            #expect(groups[2].first == "7")
            #expect(try "89ab".contains(#require(groups[3].first)))
            #expect(id.allSatisfy { "0123456789abcdef-".utf8.contains($0) })
        }
    }

    @Test("No two are the same, beyond one filling of the pool too")
    func unique() {
        var source = IdentifierSource()
        let time = WallTime(milliseconds: 1)
        let ids = (0..<2_000).map { _ in source.make(at: time).bytes }
        #expect(Set(ids).count == ids.count)
    }

    @Test("Ids sort by their time")
    func order() {
        var source = IdentifierSource()
        let ids = [0, 1, 255, 256, 1_795_000_000_000].map {
            String(decoding: source.make(at: WallTime(milliseconds: $0)).bytes, as: UTF8.self)
        }
        #expect(ids == ids.sorted())
    }

    @Test("A clock before 1970 does no harm")
    func negative() {
        var source = IdentifierSource()
        #expect(Self.groups(source.make(at: WallTime(milliseconds: -1)).bytes)[0] == "00000000")
    }
}

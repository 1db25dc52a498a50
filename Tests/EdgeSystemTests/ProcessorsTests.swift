import EdgeTestSupport
@testable import EdgeSystem
import Foundation
import Testing

@Suite struct ProcessorsTests {
    @Test(
        "A quota is rounded up to whole processors",
        arguments: [
            ("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000\n", 1), ("6400000 100000", 64),
            ("max 100000\n", nil), ("0 100000\n", nil), ("100000 0\n", nil), ("-1 100000\n", nil), ("100000\n", nil),
            ("1 2 3\n", nil), ("\n", nil), ("9223372036854775807 1\n", Int.max), ("9223372036854775808 1\n", nil),
        ] as [(String, Int?)])
    func quota(text: String, processors: Int?) {
        #expect(Processors.quota(text) == processors)
    }

    @Test("The smallest quota counts of a group and all that it is in, wherever the container's own is to be found")
    func groups() throws {
        let folder = try TemporaryFolder()
        func write(_ name: String, _ text: String) throws -> String { try folder.write(name, Array(text.utf8)) }
        let process = try write("cgroup", "1:cpu:/old\n0::/a/b\n")
        #expect(Processors.quota(of: process, in: folder.path) == nil, "no group has a file")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/a/b", withIntermediateDirectories: true)
        _ = try write("cpu.max", "900000 100000\n")
        #expect(Processors.quota(of: process, in: folder.path) == 9)
        _ = try write("a/cpu.max", "300000 100000\n")
        _ = try write("a/b/cpu.max", "max 100000\n")
        #expect(Processors.quota(of: process, in: folder.path) == 3)
        _ = try write("a/b/cpu.max", "50000 100000\n")
        #expect(Processors.quota(of: process, in: folder.path) == 1)
        #expect(Processors.quota(of: try write("cgroup", "0::/\n"), in: folder.path) == 9)
        #expect(Processors.quota(of: try write("cgroup", "1:cpu:/old\n"), in: folder.path) == nil)
        #expect(Processors.quota(of: "\(folder.path)/none", in: folder.path) == nil)
    }

    @Test("There is always one")
    func usable() {
        #expect((1...ProcessInfo.processInfo.processorCount).contains(Processors.usable))
    }
}

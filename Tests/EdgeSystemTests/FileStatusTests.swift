@testable import EdgeSystem
import EdgeTestSupport
import Foundation
import Glibc
import Testing

@Suite struct FileStatusTests {
    @Test("Another content is told by its stamp, whether the file was written to or replaced")
    func stamps() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", [1])
        let first = try #require(FileStatus(path: file)).stamp
        #expect(FileStatus(path: file)?.stamp == first)
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(write(descriptor, "2", 1) == 1)
        let second = try #require(FileStatus(path: file)).stamp
        #expect(second != first)
        // The same bytes and times in another file.
        let other = try folder.write("other", [1, UInt8(ascii: "2")])
        let copy = open(other, O_WRONLY | O_CLOEXEC)
        FileStatus(of: descriptor)?.copyTimes(to: copy)
        close(copy)
        #expect(rename(other, file) == 0)
        #expect(FileStatus(path: file)?.stamp != second)
    }

    @Test("What a file is, is told past a link and of the link itself")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let (file, link) = (try folder.write("file", [1, 2, 3]), "\(folder.path)/link")
        #expect(symlink(file, link) == 0)
        let status = try #require(FileStatus(path: link))
        #expect(status.isRegular && !status.isFolder && status.size == 3 && status.links == 1)
        #expect(status.identity == FileStatus(path: file)?.identity && status.isAt(link))
        #expect(FileStatus(linkAt: link)?.isRegular == false)
        #expect(FileStatus(path: folder.path)?.isFolder == true)
        #expect(FileStatus(path: "\(folder.path)/none") == nil && errno == ENOENT)
        #expect(FileStatus(of: -1) == nil)
    }

    @Test(
        "Any time that a file can have is one",
        arguments: [
            (FileTime(seconds: 1, nanoseconds: 999_999_999), 1999),
            (FileTime(seconds: -1, nanoseconds: 1_000_000), -999),
            (FileTime(seconds: .max, nanoseconds: 0), .max), (FileTime(seconds: .min, nanoseconds: 999_999_999), .min),
            (FileTime(seconds: .max / 1000, nanoseconds: 999_999_999), .max),
        ] as [(FileTime, Int64)])
    func times(time: FileTime, milliseconds: Int64) {
        #expect(time.milliseconds == milliseconds)
    }

    @Test("A copy has owner, mode and times")
    func copies() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", [])
        let copy = open("\(folder.path)/copy", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(copy) }
        #expect(chmod(file, 0o640) == 0)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_600_000_000.5)], ofItemAtPath: file)
        let status = try #require(FileStatus(path: file))
        status.copyAccess(to: copy)
        status.copyTimes(to: copy)
        let other = try #require(FileStatus(of: copy))
        #expect(other.permissions == 0o640)
        #expect(other.changedMilliseconds == status.changedMilliseconds)
    }
}

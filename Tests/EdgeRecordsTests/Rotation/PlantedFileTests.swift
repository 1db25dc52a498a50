import EdgeSystem
@testable import EdgeRecords
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// What another user, who may write to the log's folder, puts in the way of an edge that may do more than they.
@Suite struct PlantedFileTests {
    /// A file that is none of the log's and must stay as it is.
    private struct Victim {
        let folder: TemporaryFolder
        let url: URL

        init() throws {
            folder = try TemporaryFolder()
            url = folder.url.appending(path: "victim")
            try Data("secret\n".utf8).write(to: url)
            #expect(chmod(url.path, 0o600) == 0)
        }

        var text: String { get throws { String(decoding: try Data(contentsOf: url), as: UTF8.self) } }
        var status: FileStatus? { FileStatus(path: url.path) }
    }

    private static let old = "access.log.20200101T000000.000Z"

    /// A rotated log that everybody may read, and the place of its compressed form while that is not whole.
    private func makeRotated(in folder: TemporaryFolder) throws -> (rotated: RotatedFile, partial: String) {
        let path = folder.url.appending(path: Self.old).path
        try Data("old\n".utf8).write(to: URL(filePath: path))
        #expect(chmod(path, 0o644) == 0)
        return (RotatedFile(path: path), path + ".gz.partial")
    }

    private func opened(_ folder: TemporaryFolder) throws -> AccessLogDestination {
        var destination = AccessLogDestination(path: folder.log.path)
        _ = try destination.prepare()
        #expect(fchmod(destination.descriptor, 0o666) == 0)
        return destination
    }

    @Test("A link in the place of the log that was just moved does not give away what it leads to")
    func linkAfterRename() throws {
        let (folder, victim) = (try TemporaryFolder(), try Victim())
        var destination = try opened(folder)
        let status = try #require(FileStatus(of: destination.descriptor))
        try FileManager.default.removeItem(at: folder.log)
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: victim.url)
        try destination.openNext(folder.log.path, like: status)
        #expect(victim.status?.permissions == 0o600)
    }

    @Test("A file that somebody else made in the log's place keeps its mode, one of our own gets the old one's")
    func fileAfterRename() throws {
        for (isTaken, mode) in [(true, mode_t(0o600)), (false, 0o666)] {
            let folder = try TemporaryFolder()
            var destination = try opened(folder)
            let status = try #require(FileStatus(of: destination.descriptor))
            try FileManager.default.removeItem(at: folder.log)
            if isTaken {
                try Data().write(to: folder.log)
                #expect(chmod(folder.log.path, 0o600) == 0)
            }
            try destination.openNext(folder.log.path, like: status)
            let now = try #require(FileStatus(of: destination.descriptor))
            #expect(now.permissions == mode)
            #expect(now.isAt(folder.log.path))
        }
    }

    @Test("A hard link in the compressed file's place is neither written to nor given away")
    func hardLink() throws {
        let (folder, victim) = (try TemporaryFolder(), try Victim())
        let (rotated, partial) = try makeRotated(in: folder)
        #expect(Glibc.link(victim.url.path, partial) == 0)
        try rotated.compress {}
        #expect(try victim.text == "secret\n")
        #expect(victim.status?.permissions == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [Self.old + ".gz"])
    }

    @Test("A link in the compressed file's place is removed, not what it leads to")
    func symbolicLink() throws {
        let (folder, victim) = (try TemporaryFolder(), try Victim())
        let (rotated, partial) = try makeRotated(in: folder)
        #expect(symlink(victim.url.path, partial) == 0)
        try rotated.compress {}
        #expect(try victim.text == "secret\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [Self.old + ".gz"])
    }

    @Test("A pipe in the compressed file's place holds nothing up")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let (_, partial) = try makeRotated(in: folder)
        try Data().write(to: folder.log)
        #expect(mkfifo(partial, 0o600) == 0)
        // On its own thread: one that hangs must not take the test with it.
        RotatedFiles(path: folder.log.path, keep: 3) { Issue.record($0) }.tidy()
        _ = try folder.wait { $0 == ["access.log", Self.old + ".gz"] }
    }
}

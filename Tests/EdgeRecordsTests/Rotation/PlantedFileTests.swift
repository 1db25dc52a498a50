@testable import EdgeRecords
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// What another user, who may write to the log's folder, puts in the way of an edge that may do more than they.
@Suite struct PlantedFileTests {
    private typealias Base = AccessLogWriterTests

    /// A file that is none of the log's and must stay as it is.
    private struct Victim {
        let folder: Base.Folder
        let url: URL

        init() throws {
            folder = try Base.Folder()
            url = folder.url.appending(path: "victim")
            try Data("secret\n".utf8).write(to: url)
            #expect(chmod(url.path, 0o600) == 0)
        }

        var text: String { get throws { String(decoding: try Data(contentsOf: url), as: UTF8.self) } }
        var status: stat? { FileStatus.of(path: url.path) }
    }

    private func opened(_ folder: Base.Folder) throws -> AccessLogDestination {
        var destination = AccessLogDestination(path: folder.log.path)
        _ = try destination.prepare()
        #expect(fchmod(destination.descriptor, 0o666) == 0)
        return destination
    }

    @Test("A link in the place of the log that was just moved does not give away what it leads to")
    func linkAfterRename() throws {
        let (folder, victim) = (try Base.Folder(), try Victim())
        var destination = try opened(folder)
        let status = try #require(FileStatus.of(destination.descriptor))
        try FileManager.default.removeItem(at: folder.log)
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: victim.url)
        try destination.openNext(folder.log.path, like: status)
        #expect(victim.status.map { $0.st_mode & 0o777 } == 0o600)
    }

    @Test("A file that somebody else made in the log's place keeps its mode, one of our own gets the old one's")
    func fileAfterRename() throws {
        for (isTaken, mode) in [(true, mode_t(0o600)), (false, 0o666)] {
            let folder = try Base.Folder()
            var destination = try opened(folder)
            let status = try #require(FileStatus.of(destination.descriptor))
            try FileManager.default.removeItem(at: folder.log)
            if isTaken {
                try Data().write(to: folder.log)
                #expect(chmod(folder.log.path, 0o600) == 0)
            }
            try destination.openNext(folder.log.path, like: status)
            let now = try #require(FileStatus.of(destination.descriptor))
            #expect(now.st_mode & 0o777 == mode)
            #expect(FileStatus.leads(folder.log.path, to: now))
        }
    }
}

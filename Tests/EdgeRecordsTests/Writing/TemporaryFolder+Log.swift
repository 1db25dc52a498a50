@testable import EdgeRecords
import EdgeTestSupport
import Foundation
import Testing

extension TemporaryFolder {
    var url: URL { URL(filePath: path) }

    var log: URL { url.appending(path: "access.log") }

    /// The folder's files by name, once they are as they should be.
    ///
    /// - Parameter log: whose files are looked through again as long as they are not, as the next rotation does: with
    ///   several writers, what one still writes to is left alone when another comes past. Not where old files have to
    ///   go: whoever compresses one then can have it come back.
    func wait(log: String? = nil, for condition: ([String]) -> Bool) throws -> [String] {
        let files = log.map { RotatedFiles(path: url.appending(path: $0).path, keep: 1000) { _ in } }
        return try FolderWatch.names(in: url.path) { names in
            if condition(names) { return true }
            files?.tidy()
            return false
        }
    }

    /// Whether all of them that are old files of the log are compressed.
    static func isCompressed(_ names: [String], log: String = "access.log") -> Bool {
        names.allSatisfy { RotatedName($0, log: log).map { $0.form == .compressed } ?? true }
    }

    /// A file's bytes, through gunzip(1) where its name says so.
    func readLog(_ name: String) throws -> Data {
        let file = url.appending(path: name)
        guard name.hasSuffix(".gz") else { return try Data(contentsOf: file) }
        let gunzip = try ChildProcess("/usr/bin/gunzip", ["--stdout", file.path])
        let text = try gunzip.output.waitForEnd()
        #expect(try gunzip.waitForExit() == 0, "\(gunzip.errors.text)")
        return Data(text.utf8)
    }
}

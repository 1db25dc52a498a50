import Foundation

/// The files of this repository, by their paths in it.
enum Repository {
    private static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized

    /// Where in the file system a file or folder is.
    static func path(_ path: String) -> String { root.appendingPathComponent(path).path }

    /// A file's text.
    static func file(_ path: String) throws -> String { try String(contentsOfFile: self.path(path), encoding: .utf8) }

    /// The paths of all files in a folder.
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path(folder)).map { "\(folder)/\($0)" }
    }
}

import Foundation

/// The README as what it is made of: blocks of code and tables.
struct Readme {
    private let lines: [Substring]

    init(_ path: String = "README.md") throws {
        lines = try Self.file(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized

    /// A file of the repository.
    static func file(_ path: String) throws -> String { try String(contentsOfFile: self.path(path), encoding: .utf8) }

    /// Where in the file system a path of the repository is.
    static func path(_ path: String) -> String { root.appendingPathComponent(path).path }

    /// Where a file or folder of the repository is.
    static func folder(_ path: String) -> String { root.appendingPathComponent(path).path }

    /// The paths of all files in a folder of the repository.
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .map { "\(folder)/\($0)" }
    }

    /// Everything in backticks outside of blocks.
    var words: [String] {
        lines.joined(separator: "\n").replacing(/```(?s).*?```/, with: "").matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    /// The code of each block in a language, without its fences; every line ends in a line feed.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var open: Substring?
        for line in lines {
            if line.hasPrefix("```") {
                open = open == nil ? line.dropFirst(3) : nil
                if open == language[...] { blocks.append("") }
            } else if open == language[...] {
                blocks[blocks.count - 1] += line + "\n"
            }
        }
        return blocks
    }

    /// JSON that is one line in reality and broken for reading here.
    func brokenLine(startingWith start: String) -> String? {
        blocks("json").first { $0.hasPrefix(start) }
            .map { $0.split(separator: "\n").map { $0.drop { $0 == " " } }.joined() }
    }

    /// The words in backticks of one column, in all tables that have it, row by row.
    func column(_ heading: String) -> [[String]] {
        var rows: [[String]] = []
        var index: Int?
        for line in lines {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if !line.hasPrefix("|") {
                index = nil
            } else if let index {
                let words = cells[index].matches(of: /`([^`]+)`/).map { String($0.1) }
                if !words.isEmpty { rows.append(words) }
            } else {
                index = cells.firstIndex(of: heading)
            }
        }
        return rows
    }
}

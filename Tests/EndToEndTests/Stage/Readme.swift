import Foundation

/// The README as what it is made of: blocks of code and tables.
struct Readme {
    private let lines: [Substring]

    init(_ path: String = "README.md") throws {
        lines = try Repository.file(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Everything in backticks outside of blocks.
    var words: [String] {
        Self.words(in: lines.joined(separator: "\n").replacing(/```(?s).*?```/, with: ""))
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
        rows(with: heading).map { Self.words(in: $0.cell) }.filter { !$0.isEmpty }
    }

    /// All rows of all tables that have a column of this heading: what the row begins with, and its cell in that column.
    func rows(with heading: String) -> [(first: String, cell: String)] {
        var rows: [(first: String, cell: String)] = []
        var index: Int?
        for line in lines {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if !line.hasPrefix("|") {
                index = nil
            } else if let index {
                rows.append((cells[1], cells[index]))
            } else {
                index = cells.firstIndex(of: heading)
            }
        }
        return rows
    }

    static func words(in text: String) -> [String] { text.matches(of: /`([^`]+)`/).map { String($0.1) } }
}

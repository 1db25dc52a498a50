/// Text from a log, made fit for a terminal: nothing in it moves the cursor, changes a colour or turns the direction of
/// what follows, and its width is known.
struct TerminalText {
    /// Characters in the order they are shown, and the columns each takes.
    private var scalars: [(scalar: UnicodeScalar, columns: Int)]
    private(set) var columns: Int

    /// Every unsafe character becomes `\u{FFFD}`.
    init(_ text: String) {
        scalars = text.unicodeScalars.map { scalar in
            UnsafeCharacters.contains(scalar.value) ? ("\u{FFFD}", 1) : (scalar, Self.columns(of: scalar))
        }
        columns = scalars.reduce(0) { $0 + $1.columns }
    }

    /// Writes the text in exactly `width` columns: filled up with spaces, or cut and ended with an ellipsis.
    func append(width: Int, alignedRight: Bool = false, to line: inout String) {
        let padding = String(repeating: " ", count: max(0, width - columns))
        if alignedRight { line += padding }
        if columns <= width {
            append(to: &line)
        } else {
            appendCut(width: width, to: &line)
        }
        if !alignedRight { line += padding }
    }

    func append(to line: inout String) {
        for (scalar, _) in scalars { line.unicodeScalars.append(scalar) }
    }

    /// The text in lines of at most `width` columns, broken at spaces, and within a word that is longer.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ") {
            let word = TerminalText(String(word))
            if used > 0, used + 1 + word.columns > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            if used > 0 {
                line += " "
                used += 1
            }
            for (scalar, columns) in word.scalars {
                if used + columns > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.unicodeScalars.append(scalar)
                used += columns
            }
        }
        return used > 0 ? lines + [line] : lines
    }

    private func appendCut(width: Int, to line: inout String) {
        var left = width - 1
        for (scalar, columns) in scalars {
            if columns > left { break }
            line.unicodeScalars.append(scalar)
            left -= columns
        }
        line += "…" + String(repeating: " ", count: max(0, left))
    }

    /// Columns as terminals count them: marks that join what stands before take none, East Asian wide characters and
    /// emoji two (Unicode standard annex 11).
    private static func columns(of scalar: UnicodeScalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

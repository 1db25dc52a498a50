import EdgeRecords
import Glibc

/// What may be shown on a descriptor, by what it is and by what the environment says.
enum Terminal {
    /// Whether output may be coloured: a terminal that can, and nobody said no (no-color.org).
    static func mayColour(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && !isDumb
    }

    /// Whether a line may be written over: a terminal that understands more than lines of text.
    static func mayRewrite(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 && !isDumb }

    private static var isDumb: Bool { getenv("TERM").map { String(cString: $0) == "dumb" } ?? false }

    /// The width of the terminal that `descriptor` is, or that `COLUMNS` of the environment says; nil if there is
    /// neither.
    static func columns(of descriptor: Int32) -> Int? {
        let isTerminal = isatty(descriptor) == 1
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), (1...10_000).contains(columns) {
            return columns
        }
        return isTerminal ? LogsViewer.usualColumns : nil
    }

    /// Whether block characters may be drawn: the locale's characters are UTF-8 (locale(7): the first of these variables
    /// that is set).
    static var showsBlocks: Bool {
        for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(variable), value.pointee != 0 else { continue }
            return String(cString: value).lowercased().filter { $0 != "-" }.hasSuffix("utf8")
        }
        return false
    }
}

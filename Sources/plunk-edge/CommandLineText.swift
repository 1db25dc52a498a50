import FoundationEssentials

/// How another process of this machine was called (proc(5)).
enum CommandLineText {
    /// Whether its command is `serve`, by name or because it names none. Other commands of this program end at a HUP.
    ///
    /// - Returns: false for a process that is not there.
    static func serves(_ process: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8) else { return false }
        let words = text.split(separator: "\0", omittingEmptySubsequences: false)
        guard words.count > 1 else { return false }
        return words[1] == "serve" || words[1].hasPrefix("-")
    }
}

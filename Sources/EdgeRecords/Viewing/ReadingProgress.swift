internal import EdgeCore
private import EdgeSystem
private import Glibc

/// Says on a terminal how far reading has come, where it takes more than a second and nothing is shown meanwhile, and
/// takes that back afterwards.
struct ReadingProgress {
    private let terminal: Int32?
    private var total = 0
    private var began = Instant(nanoseconds: 0)
    /// When something was said or shown last.
    private var latest = Instant(nanoseconds: 0)
    private var isShown = false

    private static let second: Int64 = 1_000_000_000

    init(terminal: Int32?) { self.terminal = terminal }

    mutating func begin(total: Int) {
        self.total = total
        began = Instant.now
        latest = began
    }

    /// - Parameter willWrite: whether what was made of these bytes is about to be shown.
    mutating func step(bytesRead: Int, willWrite: Bool) {
        guard terminal != nil else { return }
        let now = Instant.now
        if willWrite {
            clear()
            latest = now
        } else if now.nanoseconds(since: latest) > (isShown ? Self.second / 5 : Self.second) {
            isShown = true
            latest = now
            let rate = Double(bytesRead) / 1_000_000 / (Double(now.nanoseconds(since: began)) / 1e9)
            let read = total > 0 ? "\(Self.text(bytesRead)) of \(Self.text(total))" : Self.text(bytesRead)
            say("\r\u{1B}[Kreading: \(read), \(Int(rate.rounded())) MB/s")
        }
    }

    mutating func end() { clear() }

    private mutating func clear() {
        if isShown { say("\r\u{1B}[K") }
        isShown = false
    }

    private func say(_ text: String) {
        guard let terminal else { return }
        // A line that gets lost is no loss.
        _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
    }

    private static func text(_ bytes: Int) -> String {
        bytes < 1_000_000_000 ? "\(bytes / 1_000_000) MB" : "\(bytes / 1_000_000_000).\(bytes / 100_000_000 % 10) GB"
    }
}

import Foundation

/// A folder of its own for a test, removed with it.
final class LogFolder {
    let url = FileManager.default.temporaryDirectory.appending(path: "access-log-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(at: url) }

    var log: URL { url.appending(path: "access.log") }
}

import Foundation
import Glibc

/// Waits for what happens to the files of a folder: the kernel says when to look again (inotify(7)).
package enum FolderWatch {
    /// Waits until the names in the folder are as they should be. Looks once a second even if nothing happens, for
    /// conditions that do something about it.
    ///
    /// - Returns: the names, sorted.
    @discardableResult
    package static func names(in folder: String, until condition: ([String]) throws -> Bool) throws -> [String] {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        defer { close(descriptor) }
        let changes =
            UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
            | UInt32(IN_MODIFY)
        guard inotify_add_watch(descriptor, folder, changes) >= 0 else { throw POSIXError(.ENOENT) }
        let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        var events = [UInt8](repeating: 0, count: 4096)
        while true {
            // Watched before it is looked at, so that nothing is missed in between.
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            if try condition(names) { return names }
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { throw Overdue("the folder holds \(names)") }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&entry, 1, Int32(min(left, 1000).rounded(.up)))
            while read(descriptor, &events, events.count) > 0 {}
        }
    }
}

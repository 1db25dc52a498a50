internal import EdgeCore
internal import EdgeSystem
private import Glibc

/// The files of which a log consists, oldest first.
struct LogFileList {
    /// A file to read.
    struct File: Hashable {
        var path: String
        var identity: FileIdentity
        var size: Int
        var changedMilliseconds: Int64
        /// The time of its first record; nil where there is none near its beginning.
        var begins: WallTime?
    }

    private(set) var files: [File] = []
    /// What was named and cannot be read, and why.
    private(set) var failures: [(path: String, failure: LogInput.Failure)] = []

    /// - Parameters:
    ///   - paths: logs, as they were named; each stands for its rotated files too.
    ///   - since: files that were last written to before it are left out.
    init(of paths: [String], since: WallTime?) {
        var seen: Set<FileIdentity> = []
        // What was named comes first, so that a rotation in between hides no file: it then is found under either name.
        for path in paths {
            if let status = FileStatus(path: path) {
                add(path, status, since: since, &seen)
            } else {
                let code = errno
                if Self.rotated(of: path).isEmpty { failures.append((path, .system(code))) }
            }
        }
        for path in paths.flatMap(Self.rotated) {
            // Compressed since the folder was read?
            for name in [path, path + ".gz"] {
                // Nobody asked for these by name: in a folder that others write to a pipe would be waited for without end.
                guard let status = FileStatus(linkAt: name) else { continue }
                if status.isRegular { add(name, status, since: since, &seen) }
                break
            }
        }
        files.sort {
            ($0.begins?.milliseconds ?? $0.changedMilliseconds) < ($1.begins?.milliseconds ?? $1.changedMilliseconds)
        }
        for path in Set(paths) { putRotationsInOrder(of: path) }
    }

    /// Of those that the edge has rotated the names say which was first, and the log itself is the last: records begin when
    /// their requests did, so that the first of a file can be older than all of the file before it.
    private mutating func putRotationsInOrder(of log: String) {
        let (folder, name) = Folder.split(log)
        func stamp(_ file: File) -> WallTime? {
            if file.path == log { return WallTime(milliseconds: .max) }
            let place = Folder.split(file.path)
            return place.folder == folder ? RotatedName(place.name, log: name)?.time : nil
        }
        let stamped = files.enumerated().compactMap { index, file in stamp(file).map { (index, file, time: $0) } }
        for (place, next) in zip(stamped, stamped.sorted { $0.time < $1.time }) { files[place.0] = next.1 }
    }

    private mutating func add(
        _ path: String, _ status: FileStatus, since: WallTime?, _ seen: inout Set<FileIdentity>
    ) {
        guard seen.insert(status.identity).inserted else { return }
        if status.isRegular, let since, status.changedMilliseconds < since.milliseconds { return }
        files.append(
            File(
                path: path, identity: status.identity, size: Int(status.size),
                changedMilliseconds: status.changedMilliseconds,
                begins: status.isRegular ? Self.firstTime(in: path) : nil))
    }

    /// The paths of the older files of `log`.
    static func rotated(of log: String) -> [String] {
        let (folder, name) = Folder.split(log)
        guard !name.isEmpty, let all = Folder.names(in: folder.isEmpty ? "." : folder) else { return [] }
        let names = all.filter { OlderLogName.matches($0, log: name) }
        return OlderLogName.withoutUnfinished(names).sorted().map { folder + $0 }
    }

    /// The time of the first record in the first 64 KiB of a file.
    static func firstTime(in path: String) -> WallTime? {
        guard var input = try? LogInput(path: path) else { return nil }
        var buffer = [UInt8](repeating: 0, count: LineCutter.maximumLineSize)
        var left = buffer.count
        var time: WallTime?
        var cutter = LineCutter()
        let note = { (line: UnsafeBufferPointer<UInt8>) in
            guard time == nil else { return }
            LogLine.read(line) { if $0.kind != .broken { time = $0.fields.time } }
        }
        while time == nil, left > 0 {
            guard let count = try? buffer.withUnsafeMutableBytes({ try input.read(into: $0) }), count > 0 else { break }
            left -= count
            buffer.withUnsafeBufferPointer { cutter.cut(UnsafeBufferPointer(rebasing: $0[..<count]), each: note) }
        }
        if left > 0 { cutter.finish(each: note) }
        return time
    }
}

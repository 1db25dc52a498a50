internal import EdgeCore

/// What has to happen with the files of a log's folder: pure.
struct RotationPlan: Equatable {
    /// To remove: the oldest beyond those that are kept, and what was left half compressed.
    var removed: [String] = []
    /// To compress, the oldest first. One that is there compressed too was cut off before its plain form was removed, and
    /// the plain form is the one that is whole for certain.
    var compressed: [String] = []

    /// - Parameters:
    ///   - files: names of all that is in the folder.
    ///   - log: the log's own name.
    ///   - keep: how many rotated files stay; a file's forms count once.
    init(_ files: some Sequence<String>, log: String, keep: Int) {
        let rotated = files.compactMap { RotatedName($0, log: log) }.sorted {
            ($0.time, $0.text.utf8.count) < ($1.time, $1.text.utf8.count)
        }
        let plain = Set(rotated.filter { $0.form == .plain }.map(\.time))
        let times = Set(rotated.filter { $0.form != .partial }.map(\.time)).sorted()
        let kept = Set(times.suffix(keep))
        for name in rotated {
            if !kept.contains(name.time) {
                removed.append(name.text)
            } else if name.form == .plain {
                compressed.append(name.text)
            } else if name.form == .partial, !plain.contains(name.time) {
                removed.append(name.text)
            }
        }
    }
}

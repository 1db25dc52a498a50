private import CLinux

/// How many processors this process can keep busy.
package enum Processors {
    /// Those that it may run on (sched_getaffinity(2)), but no more than its control group has time for, as where a
    /// container has a limit: more threads than that would be stopped together until the next period. At least 1.
    package static var usable: Int {
        let allowed = Int(edge_usable_processors())
        return max(1, min(allowed, quota(of: "/proc/self/cgroup", in: "/sys/fs/cgroup") ?? allowed))
    }

    /// The smallest quota of a control group and of those that it is in (cgroups(7), version 2); nil where there is none.
    ///
    /// - Parameters:
    ///   - process: the file that names its groups.
    ///   - root: where these are to be found. In a container it is often the process's own group, whatever its name.
    static func quota(of process: String, in root: String) -> Int? {
        let line = KernelFile.text(process)?.split(separator: "\n").first { $0.hasPrefix("0::") }
        guard let names = line?.dropFirst(3).split(separator: "/") else { return nil }
        return (0...names.count).compactMap { count in
            let path = ([root] + names.prefix(count).map(String.init) + ["cpu.max"]).joined(separator: "/")
            return KernelFile.text(path).flatMap(quota)
        }.min()
    }

    /// What `cpu.max` says, `150000 100000` or `max 100000`: microseconds of processor time in a period of so many, here
    /// rounded up to whole processors.
    static func quota(_ text: String) -> Int? {
        let numbers = text.split { $0 == " " || $0 == "\n" }.map { Int($0) }
        guard numbers.count == 2, let time = numbers[0], let period = numbers[1], time > 0, period > 0 else {
            return nil
        }
        return time / period + (time % period == 0 ? 0 : 1)
    }
}

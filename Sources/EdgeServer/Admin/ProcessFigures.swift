private import EdgeSystem
internal import Glibc

/// What the kernel says of this process (proc(5)). Reads files that the kernel makes up, which is quick, but not for a
/// traffic loop. What cannot be read is nil.
struct ProcessFigures {
    var cpuSeconds: Double?
    var virtualBytes: UInt64?
    var residentBytes: UInt64?
    var threads: UInt64?
    var descriptors: UInt64?
    var descriptorLimit: UInt64?

    static var processID: Int32 { getpid() }

    static var current: ProcessFigures {
        var figures = ProcessFigures()
        // Fields are counted behind the program's name, which may hold spaces: the first is the third of the manual's.
        if let stat = KernelFile.text("/proc/self/stat"), let name = stat.lastIndex(of: ")") {
            let fields = stat[name...].split(separator: " ").dropFirst().map { UInt64($0) }
            func field(_ number: Int) -> UInt64? { fields.count > number - 3 ? fields[number - 3] : nil }
            let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
            if let user = field(14), let system = field(15) { figures.cpuSeconds = Double(user + system) / ticks }
            figures.threads = field(20)
            figures.virtualBytes = field(23)
            figures.residentBytes = field(24).map { $0 * UInt64(max(1, sysconf(Int32(_SC_PAGESIZE)))) }
        }
        figures.descriptors = openDescriptors
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 {
            figures.descriptorLimit = UInt64(limit.rlim_cur)
        }
        return figures
    }

    private static var openDescriptors: UInt64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: UInt64 = 0
        while readdir(folder) != nil { count += 1 }
        // `.`, `..`, and the folder's own.
        return count > 3 ? count - 3 : 0
    }
}

internal import Glibc

/// What the kernel says of this process (proc(5)). Reads files that the kernel makes up: quick, but not for a traffic loop.
enum ProcessFigures {
    static var processID: Int32 { getpid() }
}

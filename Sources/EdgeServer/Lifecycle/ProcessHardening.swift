internal import CLinux
internal import Glibc

/// What the process gives up as it starts, so that a mistake of ours or of a library's costs less. It starts no program,
/// and needs no right that it does not have by then.
package enum ProcessHardening {
    /// To be called on the main thread before there is any other: what is forbidden to a thread holds for those that it
    /// starts, and for no others. What the kernel refuses is left as it is: a seccomp filter that forbids these calls is
    /// stricter than they are.
    package static func apply() {
        // Keys and requests are in memory, and would be in a core file or in a crash reporter's hands. It also takes
        // ptrace, /proc/PID/mem, environ, fd and exe away from everybody but root: from this program's own user, too.
        _ = edge_forbid_looking_in()
        // Once more, for whoever makes the process dumpable again.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
        _ = edge_forbid_new_privileges()
        // Where a Swift toolchain is installed, Swift's runtime answers a crash by printing what the registers point to,
        // and goes on after a signal from outside. Whoever sets its variable wants that.
        guard getenv("SWIFT_BACKTRACE") == nil else { return }
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGQUIT] { signal(number, SIG_DFL) }
    }
}

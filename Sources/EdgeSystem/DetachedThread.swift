private import CLinux
private import Glibc

/// A thread that runs one function and is joined by nobody.
package enum DetachedThread {
    private final class Body {
        let run: () -> Void

        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// - Parameter name: for `ps` and debuggers, at most 15 bytes.
    package static func start(_ name: StaticString, _ run: sending @escaping () -> Void) throws(SystemFailure) {
        // A new thread inherits the mask: signals stay with the threads that expect them, and a closed pipe is an
        // error of write(2) instead of the end of the process.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let body = Unmanaged.passRetained(
            Body {
                name.withUTF8Buffer { edge_name_thread(pthread_self(), $0.baseAddress) }
                run()
            })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw SystemFailure(code)
        }
        pthread_detach(thread)
    }
}

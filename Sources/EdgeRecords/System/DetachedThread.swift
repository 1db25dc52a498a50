private import Glibc

/// A thread that runs one function and is joined by nobody.
package enum DetachedThread {
    private final class Body {
        let run: () -> Void

        init(_ run: @escaping () -> Void) { self.run = run }
    }

    package static func start(_ run: sending @escaping () -> Void) throws(AccessLogFailure) {
        // A new thread inherits the mask: signals stay with the threads that expect them, and a closed pipe is an
        // error of write(2) instead of the end of the process.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw AccessLogFailure(action: .start, code: code)
        }
        pthread_detach(thread)
    }
}

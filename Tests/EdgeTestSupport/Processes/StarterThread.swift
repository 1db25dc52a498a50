import Foundation
import Glibc

/// The thread that starts every child process, one after the other, and makes its pipes: what another thread opens while
/// one starts can become that one's too. It lives as long as the tests, since the kernel ends a child with the
/// thread that started it (prctl(2), PR_SET_PDEATHSIG), and it blocks no signal, since a child inherits that too: the
/// threads on which tests run block TERM.
package enum StarterThread {
    private typealias Job = @Sendable () -> Void

    private static let jobs: Monitor<[Job]> = {
        let jobs = Monitor<[Job]>([])
        Thread.detachNewThread {
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            while true {
                guard jobs.wait(for: { $0.isEmpty ? nil : true }) != nil else { continue }
                let next = jobs.withLock { jobs in
                    defer { jobs = [] }
                    return jobs
                }
                for job in next { job() }
            }
        }
        return jobs
    }()

    /// Runs `body` on the thread and waits for it.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let result = Monitor<Result<Value, any Error>?>(nil)
        let job: Job = {
            let outcome = Result(catching: body)
            result.withLock { $0 = outcome }
        }
        jobs.withLock { $0.append(job) }
        guard let outcome = result.wait(for: { $0 }) else { throw Overdue("the start of a program") }
        return try outcome.get()
    }
}

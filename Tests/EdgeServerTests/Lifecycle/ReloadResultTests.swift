import Testing

@testable import EdgeServer

@Suite struct ReloadResultTests {
    @Test("A result says in its first line whether, and in the others what is worth a word")
    func success() {
        var report = ReloadResult.Report(generation: 3)
        #expect(ReloadResult(report).messages == ["configuration reloaded (generation 3): no setting changed"])
        report.needRestart = ["admin.address"]
        #expect(
            ReloadResult(report).messages == [
                "configuration reloaded (generation 3): nothing changed that could be taken over",
                "only a restart takes over admin.address",
            ])
        report.changed = ["keys", "listeners"]
        (report.added, report.removed) = (["https://127.0.0.1:2", "unix:/a"], ["http://127.0.0.1:1"])
        (report.haveCertificatesNews, report.haveAuthoritiesNews) = (false, true)
        report.needRestart = ["accessLog.path", "admin.address"]
        let result = ReloadResult(report)
        #expect(result.isSuccess)
        #expect(result.generation == 3)
        #expect(
            result.messages == [
                "configuration reloaded (generation 3): changed keys, listeners",
                "now listening on https://127.0.0.1:2, unix:/a", "no longer listening on http://127.0.0.1:1",
                "the file of the upstream's authorities has been read again", "the certificates are as they were",
                "only a restart takes over accessLog.path, admin.address",
            ])
        report.haveCertificatesNews = true
        #expect(ReloadResult(report).messages.contains("new connections get the certificates as they are now"))
    }

    @Test("A refusal says what stays, and why")
    func refusal() {
        let result = ReloadResult(refused: ReloadRefusal(["edge.json has 2 problems", "a", "b"]), generation: 7)
        #expect(!result.isSuccess)
        #expect(result.generation == 7)
        #expect(
            result.messages == [
                "configuration not reloaded, generation 7 stays: edge.json has 2 problems", "a", "b",
            ])
    }

    @Test("Turns come one at a time, in order")
    func turns() async {
        let queue = TaskQueue()
        let (words, word) = AsyncStream<Int>.makeStream()
        async let first: Void = queue.run {
            _ = word.yield(1)
            for _ in 0..<100 { await Task.yield() }
            _ = word.yield(2)
        }
        var iterator = words.makeAsyncIterator()
        #expect(await iterator.next() == 1)
        await queue.run { _ = word.yield(3) }
        await first
        #expect(await iterator.next() == 2)
        #expect(await iterator.next() == 3)
    }
}

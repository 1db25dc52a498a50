/// One client of HTTP/2 and the whole edge behind it: what `HTTP1FrontTarget` asks, for frames. Streams are at most as
/// many as the client was told.
///
/// The input: see `HTTP2Script`.
package enum HTTP2FrontTarget: FuzzTarget {
    package static let name = "http2-front"

    /// However the frames are cut, the same has to hold; the judgements may differ, because a stream that is reset in the
    /// same read as its request has never been with Plunk.
    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let script = HTTP2Script.script(input)
        for cutting in FrontScript.Cutting.allCases { try play(script.cut(cutting), script.options) }
    }

    private static func play(_ steps: [FrontScript.Step], _ options: FrontOptions) throws(FuzzFinding) {
        guard let stage = try? FrontStage(options) else { throw FuzzFinding("the stage cannot be made") }
        stage.take(steps)
        try require(stage.mostStreams <= 100, "\(stage.mostStreams) streams at once")
        let report = try FrontReport(lines: stage.end(), requests: stage.requests)
        try require(!stage.socket.isWrittenAfterEnd, "a frame behind the end")
        try require(stage.admitted == 0, "a connection that is gone still counts")
        try require(stage.heldMemory == 0, "\(stage.heldMemory) bytes of what is gone still count")
        try checkAnswers(PlainFrames(stage.socket.bytes), report)
        let heads = PlainFrames.heads(in: Array(steps.flatMap(\.sent).dropFirst(HTTP2Script.preface.count)))
        try require(report.records.count <= heads + 1, "\(report.records.count) records of \(heads) heads")
    }

    private static func checkAnswers(_ frames: PlainFrames, _ report: FrontReport) throws(FuzzFinding) {
        var answered = report.records.filter { $0.status != nil }
        for (response, isWhole) in frames.whole.map({ ($0, true) }) + frames.begun.map({ ($0, false) }) {
            let id = response.value("x-request-id")
            guard let index = answered.firstIndex(where: { $0.id == id && $0.status == response.status }) else {
                throw FuzzFinding("an answer of \(response.status) that no record tells of")
            }
            let record = answered.remove(at: index)
            guard isWhole else { continue }
            try require(response.value("connection") == nil, "a field of HTTP/1.1's connections")
            try response.check(isOfPlunk: record.outcome == "forwarded", isHead: record.method == "HEAD")
        }
    }
}

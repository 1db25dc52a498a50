/// One client of HTTP/1.1 and the whole edge behind it. Whatever comes, and however it is cut: each request ends in one
/// record, each answer is whole HTTP of Plunk's shape, Plunk gets one request in the edge's own form for each that was
/// forwarded, and after a doubt nothing is read as a request.
///
/// The input: see `FrontScript`.
package enum HTTP1FrontTarget: FuzzTarget {
    package static let name = "http1-front"

    private struct Result {
        var judgements: [String]
        var bodies: [[UInt8]]
        var isEnded: Bool
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let script = FrontScript(input)
        var results: [Result] = []
        for cutting in FrontScript.Cutting.allCases {
            results.append(try play(script.cut(cutting), script.options))
        }
        // How much memory it takes depends on how it came.
        guard !script.options.isCrowded else { return }
        for result in results.dropFirst() {
            try require(
                result.judgements == results[0].judgements,
                "judged differently when cut: \(results[0].judgements), \(result.judgements)")
            try require(result.bodies == results[0].bodies, "Plunk gets another body when the request is cut")
            try require(result.isEnded == results[0].isEnded, "ended differently when cut")
        }
    }

    private static func play(_ steps: [FrontScript.Step], _ options: FrontOptions) throws(FuzzFinding) -> Result {
        guard let stage = try? FrontStage(options) else { throw FuzzFinding("the stage cannot be made") }
        stage.take(steps)
        try require(stage.mostUnused <= 64 * 1024 + largest(steps), "\(stage.mostUnused) bytes wait")
        let (isEnded, written) = (stage.socket.isEnded, stage.socket.bytes)
        let report = try FrontReport(lines: stage.end(), requests: stage.requests)
        try require(!stage.socket.isWrittenAfterEnd, "an answer behind the end")
        try require(stage.admitted == 0, "a connection that is gone still counts")
        try require(stage.heldMemory == 0, "\(stage.heldMemory) bytes of what is gone still count")
        // Those that wait when the edge ends are answered while it does.
        try checkAnswers(stage.socket.bytes, report)
        try require(stage.socket.bytes.starts(with: written), "what was written changes")
        let heads = steps.flatMap(\.sent)
        try require(report.records.count <= ends(heads) + 1, "\(report.records.count) records of \(ends(heads)) heads")
        let asked = isUndisturbed(steps, report) && !isEnded ? wholeRequests(heads) : 0
        try require(report.records.count >= asked, "\(report.records.count) records of \(asked) requests")
        return Result(judgements: report.records.map(\.judgement), bodies: report.bodies, isEnded: isEnded)
    }

    private static func checkAnswers(_ bytes: [UInt8], _ report: FrontReport) throws(FuzzFinding) {
        let answered = report.records.filter { $0.status != nil }
        let isHead = { (index: Int) in index < answered.count && answered[index].method == "HEAD" }
        let responses = try PlainResponse.all(in: bytes, isHead: isHead)
        try require(responses.count == answered.count, "\(responses.count) answers, \(answered.count) records of them")
        for (index, (response, record)) in zip(responses, answered).enumerated() {
            try require(response.status == record.status, "another status in the log")
            try require(response.value("x-request-id") == record.id, "another request id in the log")
            try require(response.size == record.bytesOut, "\(response.size) bytes, not \(record.bytesOut)")
            let isOfPlunk = record.outcome == "forwarded"
            try response.check(isOfPlunk: isOfPlunk, isHead: isHead(index))
            let isLast = index == responses.count - 1
            let saysClose = response.value("connection") == "close"
            try require(isLast || !saysClose, "an answer behind the last")
            try require(!record.endsConnection || saysClose, "\(record.judgement), and the connection goes on")
        }
        if let index = report.records.firstIndex(where: \.endsConnection) {
            try require(
                index == report.records.count - 1, "a request is read behind \(report.records[index].judgement)")
        }
    }

    /// Whether every request that has come whole was read, and had its answer before the end.
    private static func isUndisturbed(_ steps: [FrontScript.Step], _ report: FrontReport) -> Bool {
        let isQuiet = steps.allSatisfy { step in
            switch step {
            case .bytes, .hurried, .cut, .answer, .fail: true
            case .deadline, .reading, .drain, .settings, .abort, .close: false
            }
        }
        return isQuiet && report.records.allSatisfy { ["rejected", "preflight", "forwarded"].contains($0.outcome) }
    }

    /// How many requests come whole before anything that is none.
    private static func wholeRequests(_ bytes: [UInt8]) -> Int {
        var (count, start) = (0, 0)
        while case .request(let request) = PlainRequest.read(bytes, from: start) {
            (count, start) = (count + 1, request.end)
        }
        return count
    }

    /// How many heads can have ended.
    private static func ends(_ bytes: [UInt8]) -> Int {
        guard bytes.count >= 4 else { return 0 }
        return (4...bytes.count).count { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
    }

    private static func largest(_ steps: [FrontScript.Step]) -> Int {
        steps.map(\.sent.count).max() ?? 0
    }
}

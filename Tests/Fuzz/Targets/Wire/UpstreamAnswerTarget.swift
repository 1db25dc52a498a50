import EdgeCore

@testable import EdgeServer
@testable import EdgeUpstream

/// What Plunk's end sends. An answer that is accepted is the one that a plain reading finds, however it was cut, and a
/// connection that is used again has nothing on it; what the client is told of it is made of the listed fields only.
package enum UpstreamAnswerTarget: FuzzTarget {
    package static let name = "upstream-answer"

    private enum Verdict: Equatable {
        case answer(status: Int, body: [UInt8], isReusable: Bool)
        /// The connection ended before the answer did.
        case lost
        case invalid
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var verdicts: [Verdict] = []
        var accepted: UpstreamAnswer?
        for way in Cuts.ways(input) {
            let (verdict, answer) = try read(way)
            verdicts.append(verdict)
            accepted = answer ?? accepted
        }
        try require(verdicts.allSatisfy { $0 == verdicts[0] }, "read differently when cut: \(verdicts)")
        try compare(verdicts[0], PlainAnswer.read(input), input)
        if verdicts[0] == .lost, Cuts.hash(input) % 16 == 0 { try checkPatience(input) }
        if let accepted { try checkAnswer(accepted, isRepeat: Cuts.hash(input) % 2 == 0) }
    }

    private static func read(
        _ pieces: [ArraySlice<UInt8>]
    ) throws(FuzzFinding) -> (Verdict, UpstreamAnswer?) {
        var parser = ResponseParser()
        for (index, piece) in pieces.enumerated() {
            switch piece.withUnsafeBytes({ parser.feed($0) }) {
            case .incomplete: continue
            case .invalid: return (.invalid, nil)
            case .complete(let answer, let isReusable):
                // What comes later is found on the connection, which then is not used again.
                return verdict(answer, isReusable: isReusable && index == pieces.count - 1)
            }
        }
        switch parser.end() {
        case nil: return (.lost, nil)
        case .complete(let answer, let isReusable):
            try require(!isReusable, "a closed connection is used again")
            return verdict(answer, isReusable: false)
        case .incomplete, .invalid: throw FuzzFinding("the end of a connection is neither an answer's nor a loss")
        }
    }

    private static func verdict(_ answer: UpstreamAnswer, isReusable: Bool) -> (Verdict, UpstreamAnswer?) {
        (.answer(status: answer.status, body: Array(answer.body), isReusable: isReusable), answer)
    }

    private static func compare(
        _ verdict: Verdict, _ plain: PlainAnswer.Reading, _ input: [UInt8]
    ) throws(FuzzFinding) {
        switch (verdict, plain) {
        case (.answer(let status, let body, let isReusable), .answer(let plain)):
            try require(status == plain.status && body == plain.body, "another answer than plain reading finds")
            try require(!plain.isLarge, "an answer over the limits")
            try require(
                isReusable == (plain.isPersistent && plain.end == input.count),
                "a connection is used again: \(isReusable), with \(input.count - plain.end) bytes left over")
        case (.answer, _): throw FuzzFinding("an answer where plain reading finds none")
        case (.lost, .answer(let plain)):
            try require(plain.isLarge, "an answer that is there is waited for")
        case (.invalid, .answer(let plain)):
            try require(plain.isLarge, "an answer that is plain is refused")
        case (.lost, _), (.invalid, _): return
        }
    }

    /// Who sends on and on is given up, or done.
    private static func checkPatience(_ input: [UInt8]) throws(FuzzFinding) {
        var parser = ResponseParser()
        _ = input.withUnsafeBytes { parser.feed($0) }
        let filler = [UInt8](repeating: UInt8(ascii: "a"), count: 16 * 1024)
        for _ in 0..<(ResponseParser.headLimit + ResponseParser.bodyLimit) / filler.count + 4 {
            guard case .incomplete = filler.withUnsafeBytes({ parser.feed($0) }) else { return }
        }
        throw FuzzFinding("an answer without an end is read for ever")
    }

    /// What the client is told.
    private static func checkAnswer(_ upstream: UpstreamAnswer, isRepeat: Bool) throws(FuzzFinding) {
        let answer: Answer
        var isPassed = false
        switch UpstreamAnswers.judge(upstream, isIdempotencyKeyAdded: true, isRepeat: isRepeat) {
        case .pass(let code):
            isPassed = true
            try require(upstream.isJSON, "what is no JSON goes back")
            try require(200..<300 ~= upstream.status || 400..<600 ~= upstream.status, "\(upstream.status) goes back")
            answer = Answer(passing: upstream, code: code)
        case .alreadyRecorded: answer = .alreadyRecorded(at: WallTime(milliseconds: 0))
        case .refuse(let refusal): answer = Answer(refusal)
        }
        var (writer, bytes) = (ResponseWriter(), [UInt8]())
        let size = writer.append(
            answer, requestID: Identifier(at: WallTime(milliseconds: 0), random: (1, 2)), origin: .absent,
            omitsBody: false, close: false, time: WallTime(milliseconds: 0), to: &bytes)
        let responses = try PlainResponse.all(in: bytes) { _ in false }
        guard let response = responses.first, responses.count == 1, size == bytes.count else {
            throw FuzzFinding("the client gets \(responses.count) answers")
        }
        try response.check(isOfPlunk: isPassed, isHead: false)
        if isPassed {
            try require(
                response.status == upstream.status && response.body == Array(upstream.body), "Plunk's answer is changed"
            )
        }
    }
}

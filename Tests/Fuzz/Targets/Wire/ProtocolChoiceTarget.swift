import NIOCore
import NIOEmbedded

@testable import EdgeServer

/// The first bytes where HTTP/2 may be begun in clear text: HTTP/2's preface makes it HTTP/2, its beginning is waited on,
/// everything else is HTTP/1.1, however it is cut.
package enum ProtocolChoiceTarget: FuzzTarget {
    package static let name = "protocol-choice"

    private enum Spoken: Equatable { case undecided, http1_1, http2, closed }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let preface = HTTP2Script.preface
        let expected: Spoken =
            if input.starts(with: preface) {
                .http2
            } else {
                preface.starts(with: input) ? .undecided : .http1_1
            }
        for way in Cuts.ways(input) {
            guard let stage = try? FrontStage(FrontOptions(byte: UInt8(ascii: "0")).speakingBoth) else {
                throw FuzzFinding("the stage cannot be made")
            }
            var spoken = Spoken.undecided
            // The first that is spoken stays, whatever comes of it.
            for piece in way {
                stage.take([.bytes(Array(piece))])
                let now = Self.spoken(stage)
                try require(spoken == .undecided || now == spoken || now == .closed, "\(spoken) becomes \(now)")
                if spoken == .undecided { spoken = now }
            }
            _ = stage.end()
            // A connection that is over tells no more what it spoke.
            if spoken != .closed { try require(spoken == expected, "\(spoken), not \(expected)") }
            try require(stage.admitted == 0, "a connection that is gone still counts")
        }
    }

    private static func spoken(_ stage: FrontStage) -> Spoken {
        guard stage.channel.isActive else { return .closed }
        let pipeline = stage.channel.pipeline.syncOperations
        let isHTTP2 = (try? pipeline.handler(type: HTTP2Handler.self)) != nil
        let isHTTP1 = (try? pipeline.handler(type: HTTP1Handler.self)) != nil
        return isHTTP2 ? .http2 : isHTTP1 ? .http1_1 : .undecided
    }
}

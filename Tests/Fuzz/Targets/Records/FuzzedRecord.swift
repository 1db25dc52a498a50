import EdgeCore
import EdgeRecords

/// A record whose every field is what the input says, hostile as it may be.
enum FuzzedRecord {
    static func make(_ input: inout FuzzInput) -> AccessRecord {
        let time = WallTime(milliseconds: Int64(truncatingIfNeeded: input.number(bytes: 8)))
        let outcome = Outcome.allCases[input.choice(of: Outcome.allCases.count)]
        let identifier = input.text()
        // A request without an id is not one of the edge's.
        let requestID =
            identifier.isEmpty
            ? Identifier(at: time, random: (input.number(bytes: 8), 7)) : Identifier(given: identifier[...])
        var record = AccessRecord(time: time, requestID: requestID, outcome: outcome)
        record.client = input.maybe { input in
            input.flag()
                ? IPAddress(v4: UInt32(input.number(bytes: 4)))
                : IPAddress(v6: input.number(bytes: 8), input.number(bytes: 8))
        }
        record.protocol = input.maybe { $0.flag() ? "HTTP/1.1" : "HTTP/2" }
        record.tls = input.maybe { _ in "TLSv1.3" }
        record.request = input.maybe(request)
        record.key = input.maybe { input in
            KeyFingerprint(
                kind: KeyFingerprint.Kind.allCases[input.choice(of: KeyFingerprint.Kind.allCases.count)],
                id: UInt32(input.number(bytes: 4)), last4: String(decoding: input.text(), as: UTF8.self),
                name: input.maybe { String(decoding: $0.text(), as: UTF8.self) })
        }
        record.status = input.maybe(number)
        record.code = input.maybe { ErrorCode.allCases[$0.choice(of: ErrorCode.allCases.count)] }
        record.reason = input.maybe { Reason.allCases[$0.choice(of: Reason.allCases.count)] }
        (record.bytesIn, record.bytesOut) = (number(&input), number(&input))
        record.durationMicroseconds = number(&input)
        record.upstream = input.maybe(upstream)
        return record
    }

    private static func request(_ input: inout FuzzInput) -> AccessRecord.Request {
        func text(_ request: inout AccessRecord.Request, _ input: inout FuzzInput) -> Range<Int>? {
            input.maybe { input in
                // Longer than one byte can say.
                let text = input.text() + (input.flag() ? input.text() + input.text() : [])
                defer { request.text += text }
                return request.text.count..<request.text.count + text.count
            }
        }
        var request = AccessRecord.Request(text: [])
        request.method = text(&request, &input)
        request.path = text(&request, &input)
        request.host = text(&request, &input)
        request.origin = text(&request, &input)
        request.userAgent = text(&request, &input)
        return request
    }

    private static func upstream(_ input: inout FuzzInput) -> AccessRecord.Upstream {
        var upstream = AccessRecord.Upstream(attempts: number(&input))
        upstream.status = input.maybe(number)
        upstream.requestID = input.maybe { $0.text()[...] }
        upstream.address = input.maybe { String(decoding: $0.text(), as: UTF8.self) }
        upstream.protocol = input.maybe { _ in "HTTP/1.1" }
        upstream.isReused = input.maybe { $0.flag() }
        upstream.connectMicroseconds = input.maybe(number)
        upstream.tlsMicroseconds = input.maybe(number)
        upstream.firstByteMicroseconds = input.maybe(number)
        upstream.totalMicroseconds = input.maybe(number)
        return upstream
    }

    /// A third of a year in microseconds at most, either sign.
    private static func number(_ input: inout FuzzInput) -> Int {
        let number = Int(input.number(bytes: 1 + input.choice(of: 5)))
        return input.flag() ? -number : number
    }
}

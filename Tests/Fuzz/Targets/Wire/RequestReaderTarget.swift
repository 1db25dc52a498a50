@testable import EdgeCore

/// What clients of HTTP/1.1 send, cut into requests. Whatever way it arrives, the same requests come out, each with one
/// framing and the body that a plain reading finds, and nothing behind a doubt is read.
package enum RequestReaderTarget: FuzzTarget {
    package static let name = "request-reader"

    private enum Event: Equatable {
        case head([UInt8])
        case body([UInt8])
        case discarded
        case failure(RequestFailure)
    }

    /// What was read, the heads among it, and how many bytes were left when no more was.
    private struct Reading {
        var events: [Event] = []
        var heads: [RequestHead] = []
        var used = 0
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var small = ConnectionSettings()
        (small.headerSize, small.headerCount) = (160, 4)
        try check(input, ConnectionSettings(), maximumBodySize: 32 * 1024)
        try check(input, small, maximumBodySize: 24)
    }

    private static func check(
        _ input: [UInt8], _ limits: ConnectionSettings, maximumBodySize: Int
    ) throws(FuzzFinding) {
        let ways = Cuts.ways(input)
        let first = try read(ways[0], limits, maximumBodySize, discards: false)
        for way in ways.dropFirst() {
            let other = try read(way, limits, maximumBodySize, discards: false)
            try require(first.events == other.events, "cut differently: \(first.events), \(other.events)")
        }
        let discarded = try read(ways[2], limits, maximumBodySize, discards: true)
        try compareDiscarded(first, discarded)
        try compare(first, input, limits, maximumBodySize)
    }

    /// Goes on as a connection does: what was not used is offered again, with what came since.
    private static func read(
        _ pieces: [ArraySlice<UInt8>], _ limits: ConnectionSettings, _ maximumBodySize: Int, discards: Bool
    ) throws(FuzzFinding) -> Reading {
        var (reader, reading, pending) = (RequestReader(), Reading(), [UInt8]())
        for piece in pieces {
            pending += piece
            var goesOn = true
            while goesOn {
                let (used, event) = pending.withUnsafeBytes {
                    reader.next($0, limits: limits, maximumBodySize: maximumBodySize)
                }
                try require(0...pending.count ~= used, "\(used) of \(pending.count) bytes used")
                pending.removeFirst(used)
                reading.used += used
                switch event {
                case .needsMore: goesOn = false
                case .head(let head):
                    reading.events.append(.head(head.storage))
                    reading.heads.append(head)
                    if discards { reader.discardBody() }
                case .body(let body): reading.events.append(.body(body))
                case .discarded: reading.events.append(.discarded)
                case .failure(let failure):
                    reading.events.append(.failure(failure))
                    return reading
                }
            }
            try require(pending.count <= limits.headerSize, "\(pending.count) bytes wait for the rest of a head")
        }
        return reading
    }

    /// A body that nobody wants ends where it would end.
    private static func compareDiscarded(_ reading: Reading, _ discarded: Reading) throws(FuzzFinding) {
        let expected = reading.events.map { event in
            if case .body = event { Event.discarded } else { event }
        }
        // Nobody gathers it, so it has no size that could be too large.
        if case .failure(.bodyTooLarge) = expected.last { return }
        try require(discarded.events == expected, "an unwanted body is cut differently")
    }

    private static func compare(
        _ reading: Reading, _ input: [UInt8], _ limits: ConnectionSettings, _ maximumBodySize: Int
    ) throws(FuzzFinding) {
        var (start, index, heads) = (0, 0, reading.heads[...])
        while true {
            let plain = PlainRequest.read(input, from: start)
            guard index < reading.events.count else {
                if case .request = plain { throw FuzzFinding("a whole request is waited for") }
                return
            }
            let event = reading.events[index]
            switch (event, plain) {
            case (.head(let storage), .request(let request)), (.head(let storage), .head(let request)):
                try require(storage == Array(input[request.start..<request.head.end]), "another head")
                guard let head = heads.popFirst() else { throw FuzzFinding("a head is missing") }
                try compare(head, request, limits)
                guard index + 1 < reading.events.count else {
                    if case .request = plain { throw FuzzFinding("a whole body is waited for") }
                    return
                }
                guard case .request = plain, case .body(let body) = reading.events[index + 1] else {
                    return try checkFailure(reading.events[index + 1], plain, limits, maximumBodySize)
                }
                try require(body == request.body, "another body")
                try require(!request.isChunked || body.count <= maximumBodySize, "a body over the limit")
                (start, index) = (request.end, index + 2)
            case (.failure, _): return try checkFailure(event, plain, limits, maximumBodySize)
            case (.head, _), (.body, _), (.discarded, _):
                throw FuzzFinding("a request where plain reading finds none")
            }
        }
    }

    private static func compare(
        _ head: RequestHead, _ request: PlainRequest, _ limits: ConnectionSettings
    ) throws(FuzzFinding) {
        try require(head.framing == request.framing, "framing \(head.framing), not \(request.framing)")
        try require(Array(head.storage[head.methodRange]) == request.method, "another method")
        try require(Array(head.path) == request.path, "another path")
        try require((head.version == .http1_0) == request.isOld, "another version")
        try require(head.isKeepAlive == (!request.isOld && !request.head.saysClose), "keeps alive: \(head.isKeepAlive)")
        try require(
            head.storage.count <= limits.headerSize && request.head.fields.count <= limits.headerCount,
            "a head over the limits")
        for field in FieldName.allCases {
            let values = request.values(field.text.description)
            try require(head.reversedValues(of: field).map(Array.init) == values.reversed(), "another \(field)")
        }
    }

    /// What plain reading finds plain is refused for its size only.
    private static func checkFailure(
        _ event: Event, _ plain: PlainRequest.Reading, _ limits: ConnectionSettings, _ maximumBodySize: Int
    ) throws(FuzzFinding) {
        guard case .failure(let failure) = event else { throw FuzzFinding("\(event) where a body has to end") }
        guard case .request(let request) = plain, request.isPlain else { return }
        let isLarge =
            request.head.end - request.start > limits.headerSize || request.head.fields.count > limits.headerCount
            || request.isChunked && request.body.count > maximumBodySize || request.overhead > 4096
        try require(isLarge, "a plain request is refused: \(failure)")
    }
}

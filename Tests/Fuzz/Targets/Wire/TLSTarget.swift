import EdgeTestSupport

/// What comes from clients where TLS is spoken: arbitrary bytes, and the flights of a real client that the input spoils,
/// cuts, drops, repeats and turns round. Nothing reaches the handlers behind before the handshake, and then only what the
/// client has said, from its beginning; the edge sends records of TLS and nothing else, closes once, and keeps nothing.
/// Keys are random, so a finding can need the same input more than once.
///
/// The input: is the first byte an `R`, the rest arrives as it is. Else it says what the client is like, and each byte
/// behind it what happens to the next flight.
package enum TLSTarget: FuzzTarget {
    package static let name = "tls"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let stage = TLSStage() else { throw FuzzFinding("the stage cannot be made") }
        if input.first == UInt8(ascii: "R") {
            let raw = Array(input.dropFirst())
            for piece in Cuts.pieces(raw, Cuts.sizes(of: raw)) { stage.feed(Array(piece)) }
            try require(stage.handshakes == 0, "a handshake of bytes that no client has made")
            return try checkEnd(stage, said: [])
        }
        var conversation = try Conversation(stage, InputReader(input))
        conversation.run()
        if !conversation.isSpoilt {
            try require(stage.handshakes == 1, "an honest client gets no handshake")
            try require(stage.received == conversation.said, "an honest client is not heard")
            try require(conversation.heard.count == stage.written, "an honest client does not hear all")
        }
        try checkEnd(stage, said: conversation.said)
    }

    private static func checkEnd(_ stage: TLSStage, said: [UInt8]) throws(FuzzFinding) {
        let wasOpen = stage.isOpen
        try require(stage.early == 0, "bytes come through before the handshake")
        try require(stage.handshakes <= 1, "\(stage.handshakes) handshakes")
        try require(said.starts(with: stage.received), "bytes come through that the client has not said")
        try require(stage.closeCount <= (wasOpen ? 1 : 2), "closed \(stage.closeCount) times")
        try require(!stage.leavesTraces, "bytes are left for the next connection")
        let isPlaceFree = stage.end()
        try require(isPlaceFree, "a handshake counts that is over")
        // A flight of the edge's, what was written, and no more than the client has sent itself: a record of its asks for
        // one of ours at most, as an update of keys does.
        try require(
            stage.sent.count <= 8192 + stage.fed + 2 * stage.written,
            "\(stage.sent.count) bytes are sent, for \(stage.fed) and \(stage.written)")
        try checkRecords(stage.sent)
    }

    /// RFC 8446, section 5.1.
    private static func checkRecords(_ bytes: [UInt8]) throws(FuzzFinding) {
        var start = 0
        while start < bytes.count {
            guard bytes.count - start >= 5 else { throw FuzzFinding("a record's head is cut off") }
            let length = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
            // A client whose first message names no version that there is gets an alert with the version that it named.
            try require(
                bytes[start] == 21 || 20...23 ~= bytes[start] && bytes[start + 1] == 3,
                "the client gets what is no record")
            try require(1...16_640 ~= length && bytes.count - start - 5 >= length, "a record of \(length) bytes")
            start += 5 + length
        }
    }

    /// A client and the edge, and the input between them.
    private struct Conversation {
        private let stage: TLSStage
        private let client: MemoryClient
        private var reader: InputReader
        private var held: [UInt8] = []
        /// Whether anything has happened to the client's bytes but cuts.
        private(set) var isSpoilt = false
        /// What the client has written, and read.
        private(set) var said: [UInt8] = []
        private(set) var heard: [UInt8] = []

        init(_ stage: TLSStage, _ reader: InputReader) throws(FuzzFinding) {
            (self.stage, self.reader) = (stage, reader)
            let options = self.reader.byte() ?? 0
            let count = options & 2 == 0 ? 0 : Int(self.reader.byte() ?? 0)
            guard
                let client = MemoryClient(
                    options & 1 == 0 ? .v1_3 : .v1_2, protocols: self.reader.bytes(count),
                    name: options & 4 == 0 ? nil : "localhost")
            else { throw FuzzFinding("the client cannot be made") }
            self.client = client
        }

        mutating func run() {
            for _ in 0..<64 {
                client.advance()
                let flight = client.take()
                guard let byte = reader.byte() else {
                    settle(flight)
                    // Who has been spoken with honestly hears and is heard.
                    if stage.isOpen, client.isDone { speak(Array("hello".utf8), answer: 5) }
                    return
                }
                pass(flight, byte)
                client.feed(stage.take())
                heard += client.read()
                guard stage.isOpen else { return }
            }
            isSpoilt = true
        }

        private mutating func pass(_ flight: [UInt8], _ byte: UInt8) {
            switch byte % 16 {
            case 0: stage.feed(flight)
            case 1:
                let place = min(Int(reader.byte() ?? 0), flight.count)
                stage.feed(Array(flight[..<place]))
                stage.feed(Array(flight[place...]))
            case 2: for byte in flight { stage.feed([byte]) }
            case 3: spoil(Array(flight.prefix(Int(reader.byte() ?? 0))))
            case 4: spoil(flip(flight))
            case 5: spoil(flip(flip(flight)))
            case 6: spoil(flight + flight)
            case 7:
                isSpoilt = true
                held = flight
            case 8:
                let late = held
                held = []
                spoil(flight + late)
            case 9: spoil(reader.bytes(Int(reader.byte() ?? 0)) + flight)
            case 10: spoil(flight + reader.bytes(Int(reader.byte() ?? 0)))
            case 11:
                settle(flight)
                let count = Int(reader.byte() ?? 0)
                if client.isDone { speak([UInt8](repeating: 97, count: 1 + count * 100), answer: count) }
            case 12:
                settle(flight)
                for _ in 0..<Int(reader.byte() ?? 0) { client.updateKeys() }
                isSpoilt = true
            case 13:
                settle(flight)
                client.sayClose()
                isSpoilt = true
            case 14:
                stage.feed(flight)
                stage.endOutput()
                isSpoilt = true
            default: stage.feed(flight)
            }
        }

        /// Feeds what has become of a flight.
        private mutating func spoil(_ flight: [UInt8]) {
            isSpoilt = true
            stage.feed(flight)
        }

        private mutating func flip(_ flight: [UInt8]) -> [UInt8] {
            var flight = flight
            let place = Int(reader.byte() ?? 0) << 8 | Int(reader.byte() ?? 0)
            if !flight.isEmpty { flight[place % flight.count] ^= max(1, reader.byte() ?? 1) }
            return flight
        }

        /// Carries bytes both ways until neither side has any.
        private mutating func settle(_ flight: [UInt8]) {
            stage.feed(flight)
            for _ in 0..<16 {
                let answer = stage.take()
                client.feed(answer)
                client.advance()
                if client.isDone { heard += client.read() }
                let more = client.take()
                if answer.isEmpty, more.isEmpty { return }
                stage.feed(more)
            }
        }

        private mutating func speak(_ bytes: [UInt8], answer count: Int) {
            if client.write(bytes) { said += bytes }
            settle(client.take())
            guard stage.isOpen, stage.handshakes > 0 else { return }
            stage.write([UInt8](repeating: 98, count: count))
            settle([])
        }
    }
}

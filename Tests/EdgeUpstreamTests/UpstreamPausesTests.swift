import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct UpstreamPausesTests {
    private let key = KeyDigest((1, 0, 0, 0))
    private let other = KeyDigest((2, 0, 0, 0))

    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("A key waits until its pause has run out, in whole seconds, rounded up")
    func pause() {
        let pauses = UpstreamPauses()
        #expect(pauses.secondsLeft(for: key, now: at(0)) == nil)
        pauses.pause(key, until: at(10))
        #expect(pauses.secondsLeft(for: key, now: at(0)) == 10)
        #expect(pauses.secondsLeft(for: key, now: at(8.5)) == 2)
        #expect(pauses.secondsLeft(for: key, now: at(9)) == 1)
        #expect(pauses.secondsLeft(for: key, now: at(9.999)) == 1)
        #expect(pauses.secondsLeft(for: key, now: at(10)) == nil)
        #expect(pauses.secondsLeft(for: other, now: at(0)) == nil)
    }

    @Test("A pause is never shortened by a later one")
    func longest() {
        let pauses = UpstreamPauses()
        pauses.pause(key, until: at(10))
        pauses.pause(key, until: at(5))
        #expect(pauses.secondsLeft(for: key, now: at(6)) == 4)
        pauses.pause(key, until: at(20))
        #expect(pauses.secondsLeft(for: key, now: at(6)) == 14)
    }

    @Test("Keys beyond the bound push out the oldest")
    func bounded() {
        let pauses = UpstreamPauses()
        for number in 0...1_024 { pauses.pause(KeyDigest((UInt64(number), 0, 0, 0)), until: at(10)) }
        #expect(pauses.secondsLeft(for: KeyDigest((0, 0, 0, 0)), now: at(0)) == nil)
        #expect(pauses.secondsLeft(for: KeyDigest((1, 0, 0, 0)), now: at(0)) == 10)
        #expect(pauses.secondsLeft(for: KeyDigest((1_024, 0, 0, 0)), now: at(0)) == 10)
    }
}

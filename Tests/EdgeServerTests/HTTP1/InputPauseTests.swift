import Testing

@testable import EdgeServer

@Suite struct InputPauseTests {
    private static let share = InputPause.share

    @Test("A share that has come in one turn begins the watch, and what comes on top of it in the same turn the pause")
    func tooMuch() {
        var pause = InputPause()
        let isAsked = [Self.share, 1, Self.share - 1].map { pause.took($0) }
        #expect(isAsked == [false, true, false])
        #expect(!pause.isOn, "as much as the watch may see")
        let isAskedAgain = [1, Self.share].map { pause.took($0) }
        #expect(pause.isOn)
        #expect(isAskedAgain == [false, false])
        let wasOn = pause.end()
        #expect(wasOn && !pause.isOn)
    }

    @Test("A turn that ends before there is too much starts anew")
    func turns() {
        var pause = InputPause()
        for _ in 0..<3 {
            let isAsked = [Self.share, 1].map { pause.took($0) }
            #expect(isAsked == [false, true])
            let wasOn = pause.end()
            #expect(!wasOn)
        }
    }

    @Test("What has been looked at begins a pause at once, whose end is asked for once")
    func lookedAt() {
        var pause = InputPause()
        let isAsked = [pause.begin(), pause.begin()]
        #expect(isAsked == [true, false])
        #expect(pause.isOn)
        _ = pause.end()
        _ = pause.took(Self.share + 1)
        let isAskedAgain = pause.begin()
        #expect(!isAskedAgain, "the watch has asked")
        #expect(pause.isOn)
    }
}

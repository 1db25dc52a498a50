import Testing

@testable import EdgeRecords

/// Which durations are counted together.
@Suite struct LogarithmicScaleTests {
    static let scales = [(4, 25), (5, 40)]

    @Test("Ranges follow one another, and each has what lies between its beginning and the next", arguments: scales)
    func ranges(subdivisionBits: Int, bits: Int) {
        let scale = LogarithmicScale(subdivisionBits: subdivisionBits, bits: bits)
        let starts = (0...scale.size).map(scale.start)
        #expect(starts.first == 0 && starts.last == 1 << bits)
        for index in 0..<scale.size {
            let (start, next) = (starts[index], starts[index + 1])
            #expect(start < next)
            #expect([start, next - 1].map(scale.index) == [index, index])
            #expect((start..<next).contains(scale.middle(of: index)))
            #expect((next - start - 1) << subdivisionBits <= start)
        }
        #expect(scale.index(of: -1) == 0)
        #expect([1 << bits, .max].map(scale.index) == [scale.size - 1, scale.size - 1])
    }

    @Test("Who counts has a place for each range")
    func places() {
        var histogram = FineHistogram()
        histogram.observe(microseconds: .max)
        #expect(histogram.quantile(1) == Double(FineHistogram.scale.start(of: FineHistogram.scale.size - 1)))
    }
}

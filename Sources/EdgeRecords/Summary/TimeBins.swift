internal import EdgeCore

/// Requests and refusals over time, in bounded memory: when the times no longer fit, bins become twice as wide.
struct TimeBins {
    struct Bin: Hashable {
        var requests = 0
        var refusals = 0
    }

    static let capacity = 1024

    /// Milliseconds.
    private(set) var width: Int64 = 1000
    private(set) var bins: [Bin] = []
    /// The first bin's number, counted in widths from 1970.
    private var first: Int64 = 0

    /// When the first bin begins.
    var begin: WallTime { WallTime(milliseconds: first * width) }

    mutating func add(_ time: WallTime, isRefusal: Bool) {
        var index = time.milliseconds.flooredQuotient(dividingBy: width) - first
        if bins.isEmpty {
            first += index
            index = 0
            bins = [Bin()]
        }
        while index < 0 || index >= bins.count {
            if max(index, Int64(bins.count) - 1) - min(index, 0) >= Int64(Self.capacity) {
                widen()
                index = time.milliseconds.flooredQuotient(dividingBy: width) - first
                continue
            }
            if index < 0 {
                bins.insert(contentsOf: repeatElement(Bin(), count: Int(-index)), at: 0)
                first += index
                index = 0
            } else {
                bins.append(contentsOf: repeatElement(Bin(), count: Int(index) - bins.count + 1))
            }
        }
        bins[Int(index)].requests += 1
        if isRefusal { bins[Int(index)].refusals += 1 }
    }

    /// The bins put together so that there are at most `count`, and not fewer than two where 1970 lies between, each of a
    /// width that people count in.
    func gathered(atMost count: Int) -> TimeBins {
        var result = TimeBins()
        guard let last = bins.indices.last else { return result }
        let (start, end) = (first * width, (first + Int64(last)) * width)
        // Bins that are already wider than every usual width are only doubled.
        var wider = width
        while end.flooredQuotient(dividingBy: wider) - start.flooredQuotient(dividingBy: wider) >= Int64(max(2, count))
        {
            wider = Self.usualWidths.first { $0 > wider && $0 % width == 0 } ?? wider * 2
        }
        result.width = wider
        result.first = start.flooredQuotient(dividingBy: wider)
        result.bins = [Bin](repeating: Bin(), count: Int(end.flooredQuotient(dividingBy: wider) - result.first) + 1)
        for (offset, bin) in bins.enumerated() {
            let start = (first + Int64(offset)) * width
            let place = Int(start.flooredQuotient(dividingBy: wider) - result.first)
            result.bins[place].requests += bin.requests
            result.bins[place].refusals += bin.refusals
        }
        return result
    }

    private mutating func widen() {
        let newFirst = first.flooredQuotient(dividingBy: 2)
        let newLast = (first + Int64(bins.count) - 1).flooredQuotient(dividingBy: 2)
        var wide = [Bin](repeating: Bin(), count: Int(newLast - newFirst) + 1)
        for (offset, bin) in bins.enumerated() {
            let place = Int((first + Int64(offset)).flooredQuotient(dividingBy: 2) - newFirst)
            wide[place].requests += bin.requests
            wide[place].refusals += bin.refusals
        }
        (bins, first, width) = (wide, newFirst, width * 2)
    }

    private static let usualWidths: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
    ].map { $0 * 1000 }
}

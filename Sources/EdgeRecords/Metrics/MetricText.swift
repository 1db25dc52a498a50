/// Writes metrics as text, family by family: OpenMetrics 1.0, or what Prometheus has read since 2014 (0.0.4). Pure.
package struct MetricText {
    package enum Format: Sendable {
        case prometheus
        case openMetrics

        package var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    package enum Value: Sendable {
        case count(UInt64)
        case number(Double)
        case histogram(DurationHistogram)
    }

    private let format: Format
    private var text = ""

    package init(_ format: Format) { self.format = format }

    /// Appends a family; one without samples is left out.
    ///
    /// - Parameter samples: each with its labels' values, in the order of the metric's labels.
    package mutating func append(_ metric: Metric, _ samples: [(labels: [String], value: Value)]) {
        if samples.isEmpty { return }
        let family =
            format == .openMetrics && metric.kind == .counter && metric.name.hasSuffix("_total")
            ? String(metric.name.dropLast("_total".count)) : metric.name
        text += "# HELP \(family) \(escaped(metric.help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(family) \(metric.kind.rawValue)\n"
        if format == .openMetrics, let unit = metric.unit { text += "# UNIT \(family) \(unit)\n" }
        for (values, value) in samples {
            let labels = zip(metric.labels, values).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            switch value {
            case .count(let count): append(metric.name, labels, String(count))
            case .number(let number): append(metric.name, labels, written(number))
            case .histogram(let histogram): append(metric.name, labels, histogram)
            }
        }
    }

    /// A family with one sample and no labels.
    package mutating func append(_ metric: Metric, _ value: Value) { append(metric, [([], value)]) }

    /// All of it, as UTF-8.
    package consuming func finish() -> [UInt8] {
        if format == .openMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }

    private mutating func append(_ name: String, _ labels: [String], _ histogram: DurationHistogram) {
        var sum: UInt64 = 0
        for (bound, count) in zip(DurationHistogram.bounds, histogram.bucketCounts) {
            sum += count
            append("\(name)_bucket", labels + ["le=\"\(written(Double(bound) / 1_000_000))\""], String(sum))
        }
        append("\(name)_bucket", labels + ["le=\"+Inf\""], String(histogram.count))
        append("\(name)_sum", labels, written(Double(histogram.sumMicroseconds) / 1_000_000))
        append("\(name)_count", labels, String(histogram.count))
    }

    private mutating func append(_ name: String, _ labels: [String], _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels.joined(separator: ","))} \(value)\n"
    }

    /// OpenMetrics wants `1.0` where a bound is a whole number; to the older format both are the same.
    private func written(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf" }
        return number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number)).0" : "\(number)"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

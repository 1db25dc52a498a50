import EdgeCore
import Foundation
import Testing

@testable import EdgeRecords

/// The catalogue, what is counted, and how it is written.
@Suite struct MetricTests {
    // MARK: The text

    private static let counter = Metric("a_total", .counter, labels: ["kind"], "Says \"how\" many\\.")
    private static let gauge = Metric("b_seconds", .gauge, unit: "seconds", "A time.")
    private static let histogram = Metric("c_seconds", .histogram, unit: "seconds", labels: ["x"], "Times.")

    private static func text(_ format: MetricText.Format) -> String {
        var text = MetricText(format)
        text.append(counter, [(["one"], .count(1)), (["odd \"\\\n"], .count(.max))])
        text.append(gauge, .number(1_795_659_214.535))
        text.append(gauge, [])
        var times = DurationHistogram()
        for time in [0, 100, 101, 2_000_000, 15_000_001] { times.observe(microseconds: time) }
        text.append(histogram, [(["y"], .histogram(times))])
        return String(decoding: text.finish(), as: UTF8.self)
    }

    private static let histogramText = """
        c_seconds_bucket{x="y",le="0.0001"} 2
        c_seconds_bucket{x="y",le="0.0005"} 3
        c_seconds_bucket{x="y",le="0.001"} 3
        c_seconds_bucket{x="y",le="0.0025"} 3
        c_seconds_bucket{x="y",le="0.005"} 3
        c_seconds_bucket{x="y",le="0.01"} 3
        c_seconds_bucket{x="y",le="0.025"} 3
        c_seconds_bucket{x="y",le="0.05"} 3
        c_seconds_bucket{x="y",le="0.1"} 3
        c_seconds_bucket{x="y",le="0.25"} 3
        c_seconds_bucket{x="y",le="0.5"} 3
        c_seconds_bucket{x="y",le="1.0"} 3
        c_seconds_bucket{x="y",le="2.5"} 4
        c_seconds_bucket{x="y",le="5.0"} 4
        c_seconds_bucket{x="y",le="10.0"} 4
        c_seconds_bucket{x="y",le="15.0"} 4
        c_seconds_bucket{x="y",le="+Inf"} 5
        c_seconds_sum{x="y"} 17.000202
        c_seconds_count{x="y"} 5

        """

    @Test("The older format, to the letter")
    func prometheus() {
        #expect(
            Self.text(.prometheus) == #"""
                # HELP a_total Says "how" many\\.
                # TYPE a_total counter
                a_total{kind="one"} 1
                a_total{kind="odd \"\\\n"} 18446744073709551615
                # HELP b_seconds A time.
                # TYPE b_seconds gauge
                b_seconds 1795659214.535
                # HELP c_seconds Times.
                # TYPE c_seconds histogram

                """# + Self.histogramText)
    }

    @Test("OpenMetrics, to the letter")
    func openMetrics() {
        #expect(
            Self.text(.openMetrics) == #"""
                # HELP a Says \"how\" many\\.
                # TYPE a counter
                a_total{kind="one"} 1
                a_total{kind="odd \"\\\n"} 18446744073709551615
                # HELP b_seconds A time.
                # TYPE b_seconds gauge
                # UNIT b_seconds seconds
                b_seconds 1795659214.535
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                # UNIT c_seconds seconds

                """# + Self.histogramText + "# EOF\n")
    }

    // MARK: The catalogue

    @Test("Names follow the conventions, and each stands for one metric", arguments: MetricCatalog.all)
    func names(_ metric: Metric) {
        #expect(metric.name.wholeMatch(of: /(plunk_edge|process)_[a-z_]+/) != nil)
        #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
        if let unit = metric.unit {
            #expect(metric.name.replacing(/_total$/, with: "").hasSuffix("_\(unit)"), "\(metric.name)")
        }
        #expect(metric.help.hasSuffix("."))
        #expect(MetricCatalog.all.count { $0.name == metric.name } == 1)
    }

    @Test(
        "Dashboard and rules ask for nothing that is not there, and for nearly all that is",
        arguments: ["grafana-dashboard.json", "alerts.yaml", "alerts.test.yaml"])
    func monitoringFiles(name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../deploy/monitoring").standardized
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let used = Set(text.matches(of: /\b(?:plunk_edge|process)_[a-z_]+/).map { String($0.output) })
        let known = Set(MetricCatalog.all.flatMap { $0.sampleNames + [$0.name] })
        #expect(used.subtracting(known) == [])
        #expect(used.count >= 7)
        // Without a file it would wait for one on the terminal.
        for command in text.matches(of: /plunk-edge logs\b.{0,14}/) {
            #expect(command.output.hasPrefix("plunk-edge logs --config FILE"))
        }
        if name.hasPrefix("grafana") {
            let missing = MetricCatalog.all.filter { used.isDisjoint(with: $0.sampleNames) }
            #expect(
                Set(missing) == [
                    MetricCatalog.lastReloadTime, MetricCatalog.processVirtual, MetricCatalog.processThreads,
                    MetricCatalog.processStart,
                ])
        }
    }

    // MARK: What is counted

    @Test("Each duration falls into the bucket that the table of bounds says")
    func buckets() {
        for (index, bound) in DurationHistogram.bounds.enumerated() {
            #expect(DurationHistogram.bucket(of: bound) == index)
            #expect(DurationHistogram.bucket(of: bound + 1) == index + 1)
        }
        #expect(DurationHistogram.bucket(of: -1) == 0)
        #expect(DurationHistogram.bucket(of: .max) == DurationHistogram.bounds.count)
        var histogram = DurationHistogram()
        histogram.observe(microseconds: -1)
        #expect(histogram.sumMicroseconds == 0 && histogram.count == 1)
    }

    @Test("Every outcome and reason has a place of its own, the one that its ordinal says")
    func places() {
        #expect(Outcome.allCases.map(\.ordinal) == Array(Outcome.allCases.indices))
        #expect(Reason.allCases.map(\.ordinal) == Array(Reason.allCases.indices))
        let pairs = Outcome.allCases.flatMap { outcome in ([nil] + Reason.allCases).map { (outcome, $0) } }
        var metrics = LoopMetrics()
        for (number, (outcome, reason)) in pairs.enumerated() {
            for _ in 0...number { metrics.requestEnded(outcome, reason, microseconds: 1) }
        }
        for (number, (outcome, reason)) in pairs.enumerated() {
            #expect(metrics.requests(outcome, reason) == number + 1)
        }
        var twice = metrics
        twice.add(metrics)
        #expect(twice.requests(.clientGone, .internalError) == 2 * metrics.requests(.clientGone, .internalError))
        #expect(twice.durations(.forwarded).count == 2 * metrics.durations(.forwarded).count)
    }

    @Test("Connections count by protocol and version of TLS, and are open until they close")
    func connections() {
        var metrics = LoopMetrics()
        for (number, kind) in ConnectionKind.allCases.enumerated() {
            for _ in 0...number { metrics.connectionOpened(kind) }
            metrics.connectionClosed(kind)
        }
        for (number, kind) in ConnectionKind.allCases.enumerated() {
            #expect(metrics.openedConnections(kind) == number + 1)
            #expect(metrics.openConnections(kind) == number)
        }
        #expect(Set(ConnectionKind.allCases.map(\.place)) == Set(0..<6))
    }

    @Test("A status that is none counts nowhere")
    func statuses() {
        var metrics = LoopMetrics()
        for status in [-1, 0, 99, 600, 1000] { metrics.answered(status: status) }
        #expect((1...5).allSatisfy { metrics.answers($0) == 0 })
        metrics.answered(status: 599)
        #expect(metrics.answers(5) == 1)
    }
}

extension Metric {
    /// The names that its samples have, which are what dashboards and rules use.
    fileprivate var sampleNames: [String] {
        kind == .histogram ? ["\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
    }
}

import EdgeTestSupport
import Foundation
import Testing

/// What a real edge counts of requests that are known one by one.
@Suite(.serialized) struct MetricsTests {
    @Test("Requests count once, by their outcome and reason, and Plunk's part of them as well")
    func requests() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(
            upstream,
            [
                "limits": ["perClient": nil, "perKey": ["rate": "1/m", "burst": 4]], "origins": ["https://app.test"],
            ])
        let scene = admin.scene
        #expect(try admin.metrics().requests == [:], "none before the first, and scrapes are none")
        for _ in 0..<3 { #expect(try scene.exchange(.track()).status == 200) }
        for _ in 0..<2 { _ = try scene.exchange(.track().without("Authorization")) }
        _ = try scene.exchange(.track().replacing("Authorization: Bearer \(Planted.secret)"))
        _ = try scene.exchange(.track(line: "POST /v1/contacts HTTP/1.1"))
        _ = try scene.exchange(.track(line: "POST / HTTP/9.9"))
        let preflight = ClientRequest(
            line: "OPTIONS /v1/track HTTP/1.1",
            fields: ["Host: edge.test", "Origin: https://app.test", "Access-Control-Request-Method: POST"], body: [])
        _ = try scene.exchange(preflight)
        upstream.perform { _ in [.answer(500, ["Content-Type: application/json"], body: "{}")] }
        #expect(try scene.exchange(.track()).status == 500)
        upstream.answerLikePlunk()
        #expect(try scene.exchange(.track()).status == 429, "the key's burst of four is spent")
        upstream.perform { _ in [.close] }
        let other = ClientRequest.track().replacing("Authorization: Bearer pk_otherproject")
        #expect(try scene.exchange(other).status == 502)

        let metrics = try admin.metrics()
        func row(_ outcome: String, _ reason: String = "") -> String {
            #"plunk_edge_requests_total{outcome="\#(outcome)",reason="\#(reason)"}"#
        }
        #expect(
            metrics.requests == [
                row("forwarded"): 4, row("rejected", "missing_auth"): 2, row("rejected", "secret_key"): 1,
                row("rejected", "wrong_endpoint"): 1, row("rejected", "bad_request"): 1,
                row("preflight", "preflight"): 1,
                row("limited", "rate_limited"): 1, row("upstream_failed", "upstream_closed"): 1,
            ])
        #expect(metrics[#"plunk_edge_rate_limited_total{limit="key"}"#] == 1)
        #expect(metrics[#"plunk_edge_rate_limited_total{limit="client"}"#] == 0)
        #expect(metrics[#"plunk_edge_request_duration_seconds_count{outcome="forwarded"}"#] == 4)
        #expect(metrics[#"plunk_edge_request_duration_seconds_bucket{outcome="rejected",le="+Inf"}"#] >= 5)
        #expect(metrics[#"plunk_edge_upstream_duration_seconds_count{phase="total"}"#] == 5)
        #expect(metrics[#"plunk_edge_upstream_duration_seconds_count{phase="first_byte"}"#] == 4)
        #expect(metrics["plunk_edge_upstream_wait_duration_seconds_count"] == 5)
        #expect(metrics[#"plunk_edge_upstream_responses_total{status="2xx"}"#] == 3)
        #expect(metrics[#"plunk_edge_upstream_responses_total{status="5xx"}"#] == 1)
        #expect(metrics["plunk_edge_upstream_retries_total"] == 1, "the lost one was sent twice")
        #expect(
            metrics["plunk_edge_upstream_connections_opened_total"] == Double(upstream.connectionCount),
            "each connection once")
        #expect(metrics["plunk_edge_upstream_in_flight_requests"] == 0)
        #expect(metrics[#"plunk_edge_connections_opened_total{protocol="HTTP/1.1",tls=""}"#] == 12)
        #expect(metrics["plunk_edge_ready"] == 1)
        #expect(metrics["process_open_fds"] > 5)
        #expect(abs(metrics["process_start_time_seconds"] - Date().timeIntervalSince1970) < 300)
        try scene.expectInvariants()
    }

    @Test("Limits per client and Plunk's own have counters of their own, and what is under way is seen")
    func limits() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(
            upstream, ["limits": ["perClient": ["rate": "1/m", "burst": 3]], "upstream": ["inFlight": ["max": 1]]])
        upstream.perform { _ in
            [.answer(429, ["Content-Type: application/json", "Retry-After: 60"], body: "{}")]
        }
        for _ in 0..<2 { #expect(try admin.scene.exchange(.track()).status == 429) }
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let client = try admin.scene.connect()
        try client.send(ClientRequest.track().replacing("Authorization: Bearer pk_otherproject").bytes)
        try upstream.waitForRequests(2)
        let during = try admin.metrics()
        #expect(during["plunk_edge_upstream_in_flight_requests"] == 1)
        #expect(during[#"plunk_edge_upstream_connections{state="active"}"#] == 1)
        #expect(during[#"plunk_edge_connections{protocol="HTTP/1.1"}"#] >= 1)
        gate.open()
        #expect(try client.response().status == 200)
        #expect(try admin.scene.exchange(.track()).status == 429)
        let after = try admin.metrics()
        #expect(after[#"plunk_edge_rate_limited_total{limit="plunk"}"#] == 1)
        #expect(after[#"plunk_edge_rate_limited_total{limit="client"}"#] == 1)
        #expect(after[#"plunk_edge_upstream_responses_total{status="4xx"}"#] == 1)
        #expect(after["plunk_edge_upstream_in_flight_requests"] == 0)
        try admin.scene.expectInvariants()
    }

    @Test("Plunk that does not answer opens the breaker, which is seen")
    func breaker() throws {
        let upstream = try RecordingUpstream()
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        let admin = try AdminScene(EdgeProcess(upstream: port, ["admin": ["address": "127.0.0.1:0"]]), upstream)
        for _ in 0..<5 { #expect(try admin.scene.exchange(.track()).status == 502) }
        #expect(try admin.scene.exchange(.track()).status == 503)
        let metrics = try admin.metrics()
        #expect(metrics["plunk_edge_breaker_open"] == 1)
        #expect(metrics["plunk_edge_breaker_opened_total"] == 1)
        #expect(metrics["plunk_edge_upstream_connection_failures_total"] == 5)
        #expect(metrics.requests("overloaded", "upstream_down") == 1)
        #expect(try admin.ask("/readyz").status == 200, "half a minute is given to it first")
    }

    @Test("Handshakes count by version, those that fail by their cause, and certificates tell their end")
    func tls() throws {
        let stage = try SecureStage(changes: ["admin": ["address": "127.0.0.1:0"]])
        let admin = try AdminScene(stage.edge, stage.upstream)
        let authority = "\(stage.certificates.path)/authority.pem"
        func curl(_ options: String...) throws -> ChildProcess.Status {
            try Tool.curl.start(
                options + ["--silent", "--output", "/dev/null", "--max-time", "10"] + SecureStage.fields
                    + ["--data", "@\(stage.body)", stage.url]
            ).waitForExit()
        }
        #expect(try curl("--cacert", authority, "--http1.1", "--tlsv1.2", "--tls-max", "1.2") == 0)
        #expect(try curl("--cacert", authority, "--http2") == 0)
        #expect(try curl() == 60, "a client that does not trust the certificate")
        let plain = try RawClient(port: stage.edge.port)
        try plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try plain.readToEnd()
        let garbage = try RawClient(port: stage.edge.port)
        try garbage.send([UInt8](repeating: 0x7F, count: 200))
        _ = try garbage.readToEnd()

        // curl has gone before the edge has read its alert.
        let alerts = #"plunk_edge_tls_handshake_failures_total{cause="client_alert"}"#
        try admin.scene.retry { try admin.metrics()[alerts] == 1 }
        let metrics = try admin.metrics()
        #expect(metrics[#"plunk_edge_tls_handshakes_total{version="TLSv1.2",resumed="false"}"#] == 1)
        #expect(metrics[#"plunk_edge_tls_handshake_failures_total{cause="clear_text"}"#] == 1)
        #expect(metrics[#"plunk_edge_tls_handshake_failures_total{cause="malformed"}"#] == 1)
        #expect(metrics[#"plunk_edge_connections_opened_total{protocol="HTTP/1.1",tls="TLSv1.2"}"#] == 1)
        #expect(metrics[#"plunk_edge_connections_opened_total{protocol="HTTP/2",tls="TLSv1.3"}"#] == 1)
        let expiry = metrics[
            #"plunk_edge_certificate_expiry_timestamp_seconds{certificate="\#(stage.certificates.path)/good.pem"}"#]
        #expect(abs(expiry - Date().timeIntervalSince1970 - 2 * 86_400) < 3600)
    }

    @Test("promtool finds nothing to say of the metrics, the rules and their tests")
    func promtool() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(upstream)
        _ = try admin.scene.exchange(.track())
        _ = try admin.scene.exchange(.track().without("Host"))
        let text = try admin.ask("/metrics").text
        let check = try Tool.promtool.start(["check", "metrics"], input: text)
        #expect(try check.waitForExit() == 0)
        #expect(try check.output.waitForEnd() + check.errors.waitForEnd() == "")
        // A linter that says nothing to anything guards nothing.
        let bad = try Tool.promtool.start(["check", "metrics"], input: "# TYPE a counter\na 1\n")
        #expect(try bad.waitForExit() != 0)
        let folder = Repository.path("deploy/monitoring")
        for arguments in [
            ["check", "rules", "\(folder)/alerts.yaml"], ["test", "rules", "\(folder)/alerts.test.yaml"],
            ["check", "config", "\(folder)/prometheus.yaml"],
        ] {
            let process = try Tool.promtool.start(arguments)
            #expect(try process.waitForExit(atMost: .seconds(30)) == 0)
            #expect(try process.output.waitForEnd().contains("SUCCESS"))
        }
    }

    @Test("A scraper that asks for OpenMetrics gets it")
    func openMetrics() throws {
        let admin = try AdminScene(RecordingUpstream())
        let accept =
            "Accept: application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        let response = try admin.ask("/metrics", [accept])
        #expect(response["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(response.text.hasSuffix("# EOF\n"))
        #expect(response.text.contains("# TYPE plunk_edge_requests counter\n"))
        let older = try admin.ask("/metrics")
        #expect(older["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(older.text.contains("# TYPE plunk_edge_requests_total counter\n"))
    }

    @Test("Scrapes during load disturb nothing, and in the end every request is counted")
    func load() throws {
        let stage = try SecureStage(changes: ["admin": ["address": "127.0.0.1:0"]])
        let admin = try AdminScene(stage.edge, stage.upstream)
        let load = try stage.startLoad(["--requests=2000", "--clients=10", "--max-concurrent-streams=10"])
        var last = 0.0
        var scrapes = 0
        while load.isRunning {
            let now = try admin.metrics().requests("forwarded")
            #expect(now >= last, "a counter never goes back")
            (last, scrapes) = (now, scrapes + 1)
        }
        #expect(scrapes > 0)
        #expect(try LoadReport(of: load) == LoadReport(succeeded: 2000))
        #expect(try admin.metrics().requests("forwarded") == 2000)
    }
}

import EdgeTestSupport
import Testing

@testable import EdgeCore

@Suite struct OriginFindingTests {
    enum Finding { case absent, same, cross, any, denied }

    struct Case: CustomTestStringConvertible, Sendable {
        var patterns: [OriginPolicy.Pattern]
        var origin: String?
        var host: String? = "app.example"
        /// One for each line of Sec-Fetch-Site.
        var site: [String] = []
        var finding: Finding
        var testDescription: String { "\(origin ?? "none") at \(host ?? "none") \(site): \(finding)" }
    }

    private static let subdomains = OriginPolicy.Pattern.subdomains(scheme: "https://", suffix: ".example.com")
    private static let withPort = OriginPolicy.Pattern.subdomains(scheme: "http://", suffix: ".example.com:8080")
    private static let exact = OriginPolicy.Pattern.exact("https://app.example.com")

    static let sameOrigin = [
        Case(patterns: [.sameOrigin], finding: .absent),
        Case(patterns: [.sameOrigin], site: ["cross-site"], finding: .absent),
        Case(patterns: [.sameOrigin], origin: "https://app.example", finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://app.example", host: "APP.example", finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://app.example", host: "app.example:443", finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://app.example:443", finding: .same),
        Case(patterns: [.sameOrigin], origin: "http://app.example", finding: .same),
        Case(patterns: [.sameOrigin], origin: "http://app.example", host: "app.example:80", finding: .same),
        Case(patterns: [.sameOrigin], origin: "http://app.example", host: "app.example:443", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example:8443", host: "app.example:8443", finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://app.example:8443", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "http://[::1]:3000", host: "[::1]:3000", finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://evil.example", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example.evil", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example", host: nil, finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://", host: nil, finding: .denied),
        Case(patterns: [.sameOrigin], origin: "app.example", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "ftp://app.example", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example/", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://user@app.example", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "null", finding: .denied),
        Case(patterns: [.sameOrigin], origin: "", finding: .denied),
        // The browser's own word goes before the names: a page may be reached by another name than Host has.
        Case(patterns: [.sameOrigin], origin: "https://other.example", site: ["same-origin"], finding: .same),
        Case(patterns: [.sameOrigin], origin: "https://app.example", site: ["same-site"], finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example", site: ["cross-site"], finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example", site: ["Same-Origin"], finding: .denied),
        Case(patterns: [.sameOrigin], origin: "https://app.example", site: [""], finding: .denied),
        Case(
            patterns: [.sameOrigin], origin: "https://app.example", site: ["same-origin", "same-origin"],
            finding: .denied),
    ]

    static let listed = [
        Case(patterns: [exact], origin: "https://app.example.com", finding: .cross),
        Case(patterns: [exact], origin: "HTTPS://App.Example.com", finding: .cross),
        Case(patterns: [exact], origin: "http://app.example.com", finding: .denied),
        Case(patterns: [exact], origin: "https://app.example.com:8443", finding: .denied),
        Case(patterns: [exact], origin: "https://app.example.com.evil.com", finding: .denied),
        Case(patterns: [exact], origin: "https://evil.com?https://app.example.com", finding: .denied),
        Case(patterns: [exact], origin: "https://app.example.co\u{1D5C6}", finding: .denied),
        Case(patterns: [subdomains], origin: "https://a.example.com", finding: .cross),
        Case(patterns: [subdomains], origin: "https://A.b-2.Example.com", finding: .cross),
        Case(patterns: [subdomains], origin: "https://example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://a..example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://.a.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://evilexample.com", finding: .denied),
        Case(patterns: [subdomains], origin: "http://a.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://a.example.com:8443", finding: .denied),
        Case(patterns: [subdomains], origin: "https://a.example.com.evil.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://evil.com/.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://evil.com#.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://evil.com:1.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://u@a.example.com", finding: .denied),
        Case(patterns: [subdomains], origin: "https://é.example.com", finding: .denied),
        Case(patterns: [withPort], origin: "http://a.example.com:8080", finding: .cross),
        Case(patterns: [withPort], origin: "http://a.example.com", finding: .denied),
        Case(patterns: [withPort], origin: "http://a.example.com:80800", finding: .denied),
        Case(patterns: [.null], origin: "null", finding: .cross),
        Case(patterns: [.null], origin: "NULL", finding: .denied),
        Case(patterns: [.null], origin: "https://app.example", finding: .denied),
        Case(patterns: [.any], origin: "https://evil.example", finding: .any),
        Case(patterns: [.any], origin: "null", finding: .any),
        Case(patterns: [.any], finding: .absent),
        Case(patterns: [], origin: "https://app.example", finding: .denied),
        Case(patterns: [], finding: .absent),
        Case(patterns: [.sameOrigin, exact], origin: "https://app.example.com", finding: .cross),
        Case(patterns: [.sameOrigin, exact, subdomains], origin: "https://app.example", finding: .same),
        Case(patterns: [.sameOrigin, .any], origin: "https://app.example", finding: .same),
        Case(patterns: [.sameOrigin, .any], origin: "https://evil.example", finding: .any),
    ]

    @Test("An origin is found by what the policy lists", arguments: sameOrigin + listed)
    func finding(_ row: Case) throws {
        var text = "POST / HTTP/1.0\r\n"
        if let host = row.host { text += "Host: \(host)\r\n" }
        if let origin = row.origin { text += "Origin: \(origin)\r\n" }
        for site in row.site { text += "Sec-Fetch-Site: \(site)\r\n" }
        let head = try #require(RequestHead.read(Array("\(text)\r\n".utf8)))
        var policy = OriginPolicy()
        policy.patterns = row.patterns
        let origin = Array((row.origin ?? "").utf8)[...]
        let expected: OriginFinding =
            switch row.finding {
            case .absent: .absent
            case .same: .same(origin)
            case .cross: .cross(origin)
            case .any: .any
            case .denied: .denied
            }
        #expect(OriginFinding(head: head, host: head.value(of: .host), policy: policy) == expected)
    }
}

import EdgeCore
import EdgeTestSupport

/// Origins are matched as a second reading of the configuration's words matches them.
///
/// The first byte chooses the policy, the second which lines there are; values are cut at line feeds.
package enum OriginTarget: FuzzTarget {
    package static let name = "origin"

    private static let policies = [
        ["same-origin"], ["https://app.example.com", "null"], ["https://*.example.com", "http://*.test:8080"],
        ["same-origin", "https://*.b.example"], ["null", "*"], [],
    ]

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let patterns = policies[input.choice(of: policies.count)]
        let names = input.byte()
        // Of what may stand in a field's value, without the blanks around it.
        let values = input.rest.split(separator: 0x0A, omittingEmptySubsequences: false).map { value in
            Array(value.filter { $0 >= 0x20 && $0 != 0x7F }.trimmed)
        }
        let origin = values.first ?? []
        let host = values.dropFirst().first
        let sites = names & 1 == 1 ? Array(values.dropFirst(2).prefix(2)) : []
        var text = Array("POST / HTTP/1.1\r\nHost: h\r\nOrigin: ".utf8) + origin
        for site in sites { text += Array("\r\nSec-Fetch-Site: ".utf8) + site }
        text += "\r\n\r\n".utf8

        guard let head = RequestHead.read(text) else {
            return try require(text.count >= ConnectionSettings().headerSize, "no head")
        }
        var policy = OriginPolicy()
        policy.patterns = patterns.map(PlainOrigin.pattern)
        let found = OriginFinding(head: head, host: host.map { $0[...] }, policy: policy)
        let expected = PlainOrigin.find(origin: origin, patterns: patterns, host: host, fetchSites: sites)
        try require(found.plain == expected, "\(found), not \(expected)")
    }
}

@testable import EdgeCore

/// The field lists of HTTP/2's requests. A list that becomes a head is one that a plain reading of RFC 9113 allows, and
/// the head says what stands in it.
///
/// The input: fields with 0x1E between them, name and value with 0x1F between them.
package enum FieldListTarget: FuzzTarget {
    package static let name = "field-list"

    private typealias Field = (name: String, value: String)

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let fields = input.split(separator: 0x1E, omittingEmptySubsequences: false).map { field in
            let parts = field.split(separator: 0x1F, maxSplits: 1, omittingEmptySubsequences: false)
            return Field(
                String(decoding: parts[0], as: UTF8.self),
                parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
        }
        var small = ConnectionSettings()
        (small.headerSize, small.headerCount) = (128, 3)
        try check(fields, ConnectionSettings())
        try check(fields, small)
    }

    private static func check(_ fields: [Field], _ limits: ConnectionSettings) throws(FuzzFinding) {
        let plain = PlainFieldList(fields.map { (Array($0.name.utf8), Array($0.value.utf8)) })
        var reader = FieldListReader(limits: limits)
        let head: RequestHead
        do throws(RequestFailure) {
            for (name, value) in fields { try reader.append(name: name, value: value) }
            head = try reader.head()
        } catch {
            let isLarge = plain.size > limits.headerSize || plain.count > limits.headerCount
            return try require(
                !plain.isValid || !plain.isPlain || isLarge, "a plain list is refused: \(error), \(fields)")
        }
        try require(plain.isValid, "a list is taken that is none: \(fields)")
        try require(plain.count <= limits.headerCount, "\(plain.count) fields")
        try require(plain.fields.isEmpty || plain.size <= limits.headerSize, "\(plain.size) bytes")
        try compare(head, plain)
    }

    private static func compare(_ head: RequestHead, _ plain: PlainFieldList) throws(FuzzFinding) {
        try require(head.version == .http2 && head.isKeepAlive, "another version")
        try require(Array(head.storage[head.methodRange]) == plain.pseudo(":method"), "another method")
        let path = plain.pseudo(":path") ?? []
        try require(Array(head.path) == Array(path.prefix { $0 != UInt8(ascii: "?") }), "another path")
        for name in FieldName.allCases {
            var values = plain.values(name.text.description)
            if name == .host, values.isEmpty, let authority = plain.pseudo(":authority") { values = [authority] }
            try require(head.reversedValues(of: name).map(Array.init) == values.reversed(), "another \(name)")
        }
        let length = plain.values("content-length").first.flatMap { PlainText.number($0) }
        try require(head.framing == (length.map { .length($0) } ?? .none), "framing \(head.framing)")
    }
}

/// A field list by the rules of RFC 9113, sections 8.2 and 8.3, and nothing else.
private struct PlainFieldList {
    typealias Field = (name: [UInt8], value: [UInt8])

    private let pseudo: [Field]
    /// Those that are none of the request line's.
    let fields: [Field]
    let isValid: Bool
    /// As lines of text.
    let size: Int
    /// How many fields there are, all cookies as one.
    var count: Int {
        let cookies = fields.count { PlainText.text($0.name) == "cookie" }
        return fields.count - max(0, cookies - 1)
    }

    init(_ list: [Field]) {
        pseudo = Array(list.prefix { $0.name.first == 58 })
        fields = Array(list[pseudo.count...])
        size = list.reduce(0) { $0 + $1.name.count + $1.value.count + 4 }
        let (pseudo, fields) = (pseudo, fields)
        let once = { (name: String) in pseudo.filter { $0.name == Array(name.utf8) } }
        let (methods, paths) = (once(":method"), once(":path"))
        let (schemes, authorities) = (once(":scheme"), once(":authority"))
        let known = [methods, paths, schemes, authorities]
        let line =
            known.allSatisfy { $0.count <= 1 } && known.map(\.count).reduce(0, +) == pseudo.count
            && methods.first.map { !$0.value.isEmpty && $0.value.allSatisfy(PlainText.isToken) } == true
            && paths.first.map { !$0.value.isEmpty && $0.value.allSatisfy { 33...126 ~= $0 } } == true
            && schemes.first.map { ["http", "https"].contains(PlainText.text($0.value)) } == true
        let connection = ["connection", "transfer-encoding", "keep-alive", "proxy-connection", "upgrade"]
        let arePlain = fields.allSatisfy { name, value in
            !name.isEmpty && name.allSatisfy { PlainText.isToken($0) && !(65...90 ~= $0) }
                && value.allSatisfy(PlainText.isFieldText) && PlainText.trimmed(value) == value
                && !connection.contains(PlainText.text(name))
                && (PlainText.text(name) != "te" || PlainText.text(value) == "trailers")
        }
        let values = { (name: String) in fields.filter { $0.name == Array(name.utf8) }.map(\.value) }
        let hosts = values("host")
        let hasHost =
            hosts.count <= 1 && hosts.count + authorities.count > 0
            && (hosts.isEmpty || authorities.isEmpty || hosts[0] == authorities[0].value)
        let lengths = values("content-length")
        let hasLength =
            lengths.count <= 1
            && lengths.allSatisfy { PlainText.number($0) != nil && ($0.count == 1 || $0.first != 48) }
        let expectations = values("expect")
        let expects =
            expectations.count <= 1 && expectations.allSatisfy { PlainText.lowercasedText($0) == "100-continue" }
        isValid = line && arePlain && hasHost && hasLength && expects && values("origin").count <= 1
    }

    func pseudo(_ name: String) -> [UInt8]? { pseudo.first { $0.name == Array(name.utf8) }?.value }

    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == Array(name.utf8) }.map(\.value) }

    /// Whether the host is one that is only ever written like this.
    var isPlain: Bool {
        let host = pseudo(":authority") ?? values("host").first ?? []
        return !host.isEmpty && host.count < 100 && host.allSatisfy { 97...122 ~= $0 || $0 == 46 }
    }
}

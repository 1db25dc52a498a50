import EdgeCore
import EdgeTestSupport
import Foundation

/// The judgement of bodies beside a second one, made plainly from what Foundation reads: both come to the same reason.
/// What goes upstream means what came, member by member, holds no other member, none twice and no secret key in any
/// spelling, and is rebuilt to the same bytes.
///
/// The first byte chooses the policy.
package enum BodyTarget: FuzzTarget {
    package static let name = "body"

    private static let fields = ["event", "email", "subscribed", "data"].map { Array($0.utf8) }
    private static let eventLists: [[String]] = [["*"], ["signup", "order_*", "é*"], [], ["email.opened", "*"]]
    /// Plunk's own pattern of addresses, with its letter cases written out.
    private static let address = try? NSRegularExpression(
        pattern: #"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}\z"#)

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let choices = input.byte()
        let body = Array(input.rest)
        guard let empty = judgement(by: policy(choices)) else { throw FuzzFinding("no head") }
        var judgement = empty
        let verdict = Rulebook.judgeBody(body, &judgement)
        let reason: Reason?
        switch verdict {
        case .refuse(let refusal): reason = refusal.reason
        case .preflight: throw FuzzFinding("a body is no preflight")
        case nil: reason = nil
        }
        let readable = JSONRecorder.failure(of: body) == nil
        let tree = readable ? JSONTarget.tree(body) : nil
        if reason == .secretKey {
            return try require(mayHoldSecret(body), "refused for a secret key that is nowhere")
        }
        let holdsSecret = tree.map { tree in
            tree.strings.contains { PlainKeys.contains(["sk_"], in: $0) == true }
        }
        try require(holdsSecret != true, "a secret key was not found: \(String(describing: reason))")
        guard let tree else {
            return try require(reason == .invalidJSON, "not JSON, but \(String(describing: reason))")
        }
        if JSONTarget.scanner(body)?.hasEquivalentNames == true { return }
        let expected = expectedReason(tree, choices)
        try require(reason == expected, "\(String(describing: reason)), not \(String(describing: expected))")
        if reason == nil { try checkRebuilt(judgement.rebuiltBody, from: body, tree, choices, empty) }
    }

    private static func checkRebuilt(
        _ rebuilt: [UInt8], from body: [UInt8], _ tree: JSONTree, _ choices: UInt8, _ empty: Judgement
    ) throws(FuzzFinding) {
        guard case .object(let members) = tree else { throw FuzzFinding("passed without being an object") }
        let passed = members.filter { name, _ in
            fields.contains(name) && (name != Array("subscribed".utf8) || policy(choices).body.subscribed != .strip)
        }
        // Long numbers aside, Foundation itself reads it as the scanner does.
        try JSONTarget.check(rebuilt)
        let read = JSONTarget.tree(rebuilt)
        try require(read == .object(passed), "rebuilt as \(String(describing: read)), not \(passed)")
        try require(JSONRecorder.failure(of: rebuilt) == nil, "rebuilt with a member twice, or worse")
        try require(
            rebuilt.starts(with: #"{""#.utf8) && fields.contains { rebuilt.dropFirst(2).starts(with: $0) },
            "a name is not written as it is")
        try require(rebuilt.count <= body.count + 2, "rebuilt to more than was reserved")
        var again = empty
        if Rulebook.judgeBody(rebuilt, &again) != nil { throw FuzzFinding("what was rebuilt does not pass again") }
        try require(again.rebuiltBody == rebuilt, "what was rebuilt is rebuilt to something else")
    }

    // MARK: The second judgement

    private static func expectedReason(_ tree: JSONTree, _ choices: UInt8) -> Reason? {
        guard case .object(let members) = tree else { return .invalidFields }
        func member(_ name: String) -> JSONTree? { members[Array(name.utf8)] }
        guard case .string(let event)? = member("event"), !event.isEmpty,
            case .string(let email)? = member("email"), isAddress(email)
        else { return .invalidFields }
        switch member("subscribed") {
        case nil, .bool: break
        default: return .invalidFields
        }
        if isReserved(event) { return .reservedEvent }
        let policy = policy(choices)
        if policy.body.unknownFields == .reject, !members.keys.allSatisfy(fields.contains) { return .fieldDenied }
        if policy.body.subscribed == .reject, member("subscribed") != nil { return .fieldDenied }
        let isAllowed = eventList(choices).contains { pattern in
            pattern.hasSuffix("*") ? event.starts(with: pattern.utf8.dropLast()) : event == Array(pattern.utf8)
        }
        return isAllowed ? nil : .eventDenied
    }

    private static func isAddress(_ text: [UInt8]) -> Bool {
        let string = String(decoding: text, as: UTF8.self)
        let whole = NSRange(location: 0, length: string.utf16.count)
        return address?.firstMatch(in: string, range: whole) != nil
    }

    private static func isReserved(_ event: [UInt8]) -> Bool {
        let scalars = String(decoding: event, as: UTF8.self).unicodeScalars
        func starts(_ prefix: String) -> Bool { scalars.starts(with: prefix.unicodeScalars) }
        func ends(_ suffix: String) -> Bool { scalars.reversed().starts(with: suffix.unicodeScalars.reversed()) }
        return starts("email.") || ["contact.subscribed", "contact.unsubscribed"].contains { Array($0.utf8) == event }
            || (starts("segment.") && (ends(".entry") || ends(".exit")))
    }

    /// Whether `sk_` may be meant somewhere in the text, strings or not.
    private static func mayHoldSecret(_ body: [UInt8]) -> Bool {
        let plain = PlainText.lowercased(body)
        guard let resolved = PlainKeys.percentResolved(plain) else { return true }
        return [plain, resolved].contains { text in
            guard let unescaped = PlainKeys.percentResolved(unicodeUnescaped(text)) else { return true }
            return [text, unescaped].contains { text in
                String(decoding: PlainText.lowercased(text), as: UTF8.self).contains("sk_")
            }
        }
    }

    private static func unicodeUnescaped(_ text: [UInt8]) -> [UInt8] {
        var unescaped: [UInt8] = []
        var index = 0
        while index < text.count {
            let digits = String(decoding: text[index...].dropFirst(2).prefix(4), as: UTF8.self)
            if text[index...].starts(with: "\\u".utf8), digits.utf8.count == 4, let unit = UInt8(digits, radix: 16) {
                unescaped += PlainText.lowercased([unit])
                index += 6
            } else {
                unescaped.append(text[index])
                index += 1
            }
        }
        return unescaped
    }

    // MARK: Policies

    private static func eventList(_ choices: UInt8) -> [String] { eventLists[Int(choices >> 3) % eventLists.count] }

    private static func policy(_ choices: UInt8) -> Policy {
        var policy = Policy(keys: KeyTable(sha256: plainDigest))
        policy.body.unknownFields = choices & 1 == 0 ? .strip : .reject
        policy.body.subscribed = [.pass, .strip, .reject, .pass][Int(choices >> 1) % 4]
        policy.events = eventList(choices).map { EventPattern($0) }
        return policy
    }

    /// A good head's judgement, before any rule.
    private static func judgement(by policy: Policy) -> Judgement? {
        guard let head = RequestHead.read("POST /v1/track HTTP/1.1\r\nHost: edge.example\r\n\r\n".utf8) else {
            return nil
        }
        return Judgement(
            head: head, client: Client(address: nil, isBehindTrustedProxy: false),
            snapshot: Snapshot(EdgeSettings(policy: policy)),
            limiter: RateLimiter(capacity: 1, shardCount: 1), now: Instant(nanoseconds: 0))
    }
}

import Testing

@testable import EdgeCore

@Suite struct ContentTypeRuleTests {
    private static let type = Ruling.refused(
        415, .invalidRequestBody, .contentType, "The Content-Type is not application/json.",
        "Send the header \"Content-Type: application/json\".")
    private static let coding = Ruling.refused(
        415, .invalidRequestBody, .contentType, "The body is compressed.", "Send the body without Content-Encoding.")

    @Test(
        "JSON and a browser's plain text are taken, parameters ignored",
        arguments: [
            "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=x",
            "application/json ;a", "application/json;", "text/plain", "text/plain;charset=UTF-8",
        ])
    func accepts(_ value: String) throws { #expect(try TestRequest(contentType: [value]).judged().ruling == .passes) }

    @Test(
        "No other type is",
        arguments: [
            "", "application", "application/", "application/jsonx", "application/json5",
            "application/json charset=utf-8",
            "application/json, text/html", "application/ld+json", "text/html", "text/plainx", "text/json", "*/*",
            "multipart/form-data", "application/x-www-form-urlencoded", "\"application/json\"", ";application/json",
        ])
    func refuses(_ value: String) throws { #expect(try TestRequest(contentType: [value]).judged().ruling == Self.type) }

    static let lines = [
        RuleCase("no type", TestRequest(contentType: []), type),
        RuleCase("two types", TestRequest(contentType: ["application/json", "application/json"]), type),
        RuleCase(
            "a message type that makes Plunk parse anything",
            TestRequest(contentType: ["text/html"], fields: ["x-amz-sns-message-type: a"]), type),
        RuleCase("no coding", TestRequest(fields: ["Content-Encoding: identity"])),
        RuleCase(
            "no coding, twice", TestRequest(fields: ["Content-Encoding: Identity", "Content-Encoding: identity"])),
        RuleCase("gzip", TestRequest(fields: ["Content-Encoding: gzip"]), coding),
        RuleCase("a second line", TestRequest(fields: ["Content-Encoding: identity", "Content-Encoding: br"]), coding),
        RuleCase("a list", TestRequest(fields: ["Content-Encoding: identity, gzip"]), coding),
    ]

    @Test("There is one type and no coding", arguments: lines)
    func judges(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }
}

import EdgeTestSupport
import Testing

/// How the edge must turn a request down.
struct Refusal: Sendable {
    var status: Int
    var code: String
    /// The access log's `reason`.
    var reason: String
    var outcome = "rejected"

    static let badRequest = Refusal(status: 400, code: "BAD_REQUEST", reason: "bad_request")
    static let secretKey = Refusal(status: 401, code: "INVALID_API_KEY", reason: "secret_key")
    static let missingAuth = Refusal(status: 401, code: "MISSING_AUTH", reason: "missing_auth")
    static let malformedAuth = Refusal(status: 401, code: "MISSING_AUTH", reason: "malformed_auth")
    static let unknownKey = Refusal(status: 401, code: "INVALID_API_KEY", reason: "unknown_key")
    static let wrongEndpoint = Refusal(status: 401, code: "INVALID_API_KEY", reason: "wrong_endpoint")
    static let contentType = Refusal(status: 415, code: "INVALID_REQUEST_BODY", reason: "content_type")
    static let bodyTooLarge = Refusal(status: 413, code: "INVALID_REQUEST_BODY", reason: "body_too_large")
    static let invalidJSON = Refusal(status: 400, code: "VALIDATION_ERROR", reason: "invalid_json")
    static let invalidFields = Refusal(status: 422, code: "VALIDATION_ERROR", reason: "invalid_fields")
    static let originDenied = Refusal(status: 403, code: "FORBIDDEN", reason: "origin_denied")
}

extension Scene {
    /// Checks that `response` is the refusal, in Plunk's envelope and complete, and that the log says the same.
    func expect(
        _ refusal: Refusal, _ response: HTTPResponse, _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(response.status == refusal.status, sourceLocation: location)
        let requestID = try expectOurs(response, location)
        #expect(
            response.text.wholeMatch(of: Self.envelope)?.code ?? "no envelope: \(response.text)" == refusal.code,
            sourceLocation: location)
        let error = try response.json()["error"]
        #expect(error?["statusCode"] == .number(Double(refusal.status)), sourceLocation: location)
        #expect(error?["requestId"]?.string == requestID, sourceLocation: location)

        let record = try edge.record(of: requestID)
        #expect(record["status"] == .number(Double(refusal.status)), sourceLocation: location)
        #expect(record["code"]?.string == refusal.code, sourceLocation: location)
        #expect(record["reason"]?.string == refusal.reason, sourceLocation: location)
        #expect(record["outcome"]?.string == refusal.outcome, sourceLocation: location)
    }

    /// Checks what every response of the edge carries.
    ///
    /// - Returns: its X-Request-ID.
    @discardableResult
    func expectOurs(_ response: HTTPResponse, _ location: SourceLocation = #_sourceLocation) throws -> String {
        let requestID = try #require(response["x-request-id"], sourceLocation: location)
        #expect(
            requestID.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil,
            "X-Request-ID is no UUIDv7: \(requestID)", sourceLocation: location)
        #expect(response["cache-control"] == "no-store", sourceLocation: location)
        #expect(response["x-content-type-options"] == "nosniff", sourceLocation: location)
        if !response.body.isEmpty {
            #expect(response["content-type"] == "application/json; charset=utf-8", sourceLocation: location)
        }
        for mark in Planted.marks {
            #expect(!response.text.contains(mark), "a key in the answer", sourceLocation: location)
        }
        return requestID
    }

    /// Checks that exactly one request, made of these values, went upstream since `before`, and was answered.
    @discardableResult
    func expectForwarded(
        _ response: HTTPResponse, since before: Int, _ location: SourceLocation = #_sourceLocation
    ) throws -> RecordedRequest {
        #expect(response.status == 200, "\(response.text)", sourceLocation: location)
        #expect(response.text == PlunkLedger.success, sourceLocation: location)
        let new = upstream.requests.dropFirst(before)
        #expect(new.count == 1, sourceLocation: location)
        return try #require(new.first, sourceLocation: location)
    }

    /// Plunk's error envelope: compact, members in this order, absent ones left out.
    private static var envelope: Regex<(Substring, code: Substring)> {
        #/
        \{"success":false,"error":
        \{"code":"(?<code>[A-Z_]+)","message":"(?:[^"\\]|\\.)+","statusCode":\d{3},"requestId":"[0-9a-f\-]{36}"
        (?:,"errors":\[.+?\])?(?:,"details":\{.+?\})?(?:,"suggestion":"(?:[^"\\]|\\.)+")?\}
        ,"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}
        /#
    }
}

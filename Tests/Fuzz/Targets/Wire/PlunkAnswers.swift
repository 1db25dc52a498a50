/// What Plunk's end may send.
enum PlunkAnswers {
    static let success = json(200, #"{"success":true,"data":{"contact":"c","event":"e"}}"#)

    private static let all: [String] = [
        success,
        json(
            429, #"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED"}}"#,
            "Retry-After: 9\r\nRateLimit-Limit: 1\r\n"),
        json(
            409,
            #"{"success":false,"error":{"code":"IDEMPOTENCY_KEY_REUSED","details":{"originalStatusCode":200}}}"#),
        json(403, #"{"success":false,"error":{"code":"PROJECT_DISABLED"}}"#, "Set-Cookie: a=b\r\nRefresh: 0\r\n"),
        "HTTP/1.1 503 Down\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + json(400, "{}", "Retry-After: 1\r\n"),
        "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"success\":true}",
    ]

    static func answer(_ number: Int) -> [UInt8] { Array(all[number % all.count].utf8) }

    private static func json(_ status: Int, _ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status) x\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n"
            + body
    }
}

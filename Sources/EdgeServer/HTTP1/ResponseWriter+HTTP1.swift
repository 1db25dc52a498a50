internal import EdgeCore

/// Answers as HTTP/1.1 writes them (RFC 9112).
extension ResponseWriter {
    static let `continue`: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Appends the whole answer to `output`.
    ///
    /// - Parameters:
    ///   - omitsBody: for HEAD, whose answer is the header alone (RFC 9110, section 9.3.2): a body would be taken for
    ///     the next answer.
    ///   - close: says `Connection: close`.
    /// - Returns: how many bytes it has.
    mutating func append(
        _ answer: borrowing Answer, requestID: Identifier, origin: OriginFinding, omitsBody: Bool, close: Bool,
        time: WallTime, to output: inout [UInt8]
    ) -> Int {
        let before = output.count
        let body = body(of: answer, requestID: requestID, time: time)
        output.append(addingCapacity: Self.maximumSize(answer, requestID, origin) + body.count) { output in
            output.append("HTTP/1.1 ")
            output.append(decimal: UInt64(answer.status.magnitude))
            output.append(Self.reasonPhrase(answer.status))
            fields(of: answer, bodySize: body.count, requestID: requestID, origin: origin, to: &output)
            output.append(close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
            if !omitsBody { output.append(bytes: body) }
        }
        return output.count - before
    }

    /// Says nothing to programs (RFC 9112, section 4) and may be empty.
    private static func reasonPhrase(_ status: Int) -> StaticString {
        switch status {
        case 200: " OK"
        case 201: " Created"
        case 202: " Accepted"
        case 204: " No Content"
        case 400: " Bad Request"
        case 401: " Unauthorized"
        case 403: " Forbidden"
        case 404: " Not Found"
        case 408: " Request Timeout"
        case 409: " Conflict"
        case 413: " Content Too Large"
        case 414: " URI Too Long"
        case 415: " Unsupported Media Type"
        case 422: " Unprocessable Content"
        case 429: " Too Many Requests"
        case 431: " Request Header Fields Too Large"
        case 500: " Internal Server Error"
        case 502: " Bad Gateway"
        case 503: " Service Unavailable"
        case 504: " Gateway Timeout"
        default: " "
        }
    }
}

extension OutputSpan<UInt8>: AnswerFieldSink {
    @inline(__always)
    mutating func field(_ constant: ConstantAnswerField) { append(constant.line) }

    @inline(__always)
    mutating func field(_ name: AnswerField, _ number: Int) {
        append(name.line)
        append(decimal: UInt64(number.magnitude))
    }

    @inline(__always)
    mutating func field(_ name: AnswerField, _ text: Bytes) {
        append(name.line)
        append(bytes: text)
    }

    @inline(__always)
    mutating func field(_ name: AnswerField, _ identifier: Identifier) {
        append(name.line)
        identifier.append(to: &self)
    }
}

import EdgeCore
import Synchronization

/// What a Plunk would have recorded, and what it answers: 200 for a new event, 409 for an Idempotency-Key that it has
/// seen.
package final class PlunkLedger: Sendable {
    private let claims = Mutex<Set<String>>([])
    private let recorded = Mutex<[JSONValue]>([])

    package init() {}

    /// The bodies of the events recorded so far, in order.
    package var events: [JSONValue] { recorded.withLock(\.self) }

    /// Records the event of `request` unless its Idempotency-Key was seen before, and answers as Plunk does.
    @discardableResult
    package func answer(_ request: RecordedRequest) -> UpstreamStep {
        if let key = request["idempotency-key"], !claims.withLock({ $0.insert(key).inserted }) {
            let error =
                #"{"code":"IDEMPOTENCY_KEY_REUSED","message":"Idempotency key already used","statusCode":409,"#
                + #""requestId":"8a0c7f52-4df5-4f0c-9a4e-6f0d3b1f7c11","details":{"originalStatusCode":200}}"#
            return .answer(409, body: #"{"success":false,"error":\#(error),"timestamp":"2026-11-23T10:00:00.000Z"}"#)
        }
        let body = try? JSONValue(parsing: request.body)
        recorded.withLock { $0.append(body ?? .null) }
        return .answer(body: Self.success)
    }

    /// Plunk's answer to an event that it has recorded.
    package static let success =
        #"{"success":true,"data":{"contact":"0b5c7f4e-7b0e-4c43-9a39-3f1a4f1c2d11","#
        + #""event":"5e1d2c3b-4a59-4687-8796-a5b4c3d2e1f0","timestamp":"2026-11-23T10:00:00.000Z"}}"#
}

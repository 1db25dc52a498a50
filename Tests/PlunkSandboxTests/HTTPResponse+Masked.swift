import EdgeTestSupport

extension HTTPResponse {
    /// The body with what differs from run to run replaced: UUIDs and times.
    var maskedBody: String {
        text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/, with: "UUID")
            .replacing(/20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z/, with: "TIME")
    }
}

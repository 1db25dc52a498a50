@testable import EdgeCore

/// Names and values as HPACK gives them.
typealias FieldList = [(name: String, value: String)]

/// Makes heads of field lists.
enum FieldListReading {
    /// A request that has all it needs and nothing more.
    static let least: FieldList = [
        (":method", "POST"), (":scheme", "https"), (":path", "/v1/track"), (":authority", "a"),
    ]

    static func head(
        of fields: FieldList, limits: ConnectionSettings = ConnectionSettings()
    ) throws(RequestFailure) -> RequestHead {
        var reader = FieldListReader(limits: limits)
        for (name, value) in fields { try reader.append(name: name, value: value) }
        return try reader.head()
    }

    /// Why a field list is no request; nil if it is one.
    static func failure(
        of fields: FieldList, limits: ConnectionSettings = ConnectionSettings()
    ) -> RequestFailure? {
        do throws(RequestFailure) {
            _ = try head(of: fields, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}

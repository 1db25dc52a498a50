package import EdgeCore

/// The fields of a record by which it is chosen and counted, as places in a text: what a log of any size is read with,
/// since nothing of it is copied. Only lines that are shown become an ``AccessLogEntry``.
package struct LineFields: Sendable {
    /// Where a field stands in the text.
    package struct Place: Hashable, Sendable {
        var start: UInt32
        var end: UInt32

        /// No field begins a text.
        package static let absent = Place(start: 0, end: 0)

        var isAbsent: Bool { start == 0 }
    }

    package var time = WallTime(milliseconds: 0)
    package var requestID = Place.absent
    package var client = Place.absent
    package var origin = Place.absent
    package var keyType = Place.absent
    package var keyID = Place.absent
    package var keyLast4 = Place.absent
    package var keyName = Place.absent
    package var outcome = Place.absent
    package var code = Place.absent
    package var reason = Place.absent
    /// Nil where it is absent, as below.
    package var status: Int?
    package var durationMicroseconds: Int?

    init() {}

    /// The fields of an entry, and the text that they stand in.
    package static func flattened(_ entry: AccessLogEntry) -> (fields: LineFields, text: [UInt8]) {
        var text: [UInt8] = [0]
        func place(_ value: String?) -> Place {
            guard let value else { return .absent }
            let start = UInt32(text.count)
            text += value.utf8
            return Place(start: start, end: UInt32(text.count))
        }
        var fields = LineFields()
        fields.time = entry.time
        fields.requestID = place(entry.requestID)
        fields.client = place(entry.client)
        fields.origin = place(entry.origin)
        fields.keyType = place(entry.key?.type)
        fields.keyID = place(entry.key?.id)
        fields.keyLast4 = place(entry.key?.last4)
        fields.keyName = place(entry.key?.name)
        fields.outcome = place(entry.outcome)
        fields.code = place(entry.code)
        fields.reason = place(entry.reason)
        (fields.status, fields.durationMicroseconds) = (entry.status, entry.durationMicroseconds)
        return (fields, text)
    }
}

/// Fields of a text.
extension UnsafeBufferPointer<UInt8> {
    /// The bytes at a place; nil where the field is absent.
    @inline(__always)
    package subscript(place: LineFields.Place) -> UnsafeBufferPointer<UInt8>? {
        guard !place.isAbsent, place.start <= place.end, Int(place.end) <= count else { return nil }
        return UnsafeBufferPointer(rebasing: self[Int(place.start)..<Int(place.end)])
    }
}

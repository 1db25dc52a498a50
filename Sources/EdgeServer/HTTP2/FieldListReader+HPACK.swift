internal import EdgeCore
internal import NIOHPACK

extension FieldListReader {
    /// Makes a head of what HPACK has brought.
    ///
    /// - Returns: the head, an unreadable one where there is a failure, and how many bytes were read.
    static func read(
        _ fields: HPACKHeaders, limits: ConnectionSettings
    ) -> (head: RequestHead, size: Int, failure: RequestFailure?) {
        var reader = FieldListReader(limits: limits)
        do throws(RequestFailure) {
            for (name, value, _) in fields { try reader.append(name: name, value: value) }
            return (try reader.head(), reader.size, nil)
        } catch {
            reader.erase()
            return (.unreadableHTTP2, reader.size, error)
        }
    }
}

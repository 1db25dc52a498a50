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

    /// Looks trailers through, which are dropped.
    ///
    /// - Returns: how many bytes were read, and what is wrong with them.
    static func read(trailers: HPACKHeaders, limits: ConnectionSettings) -> (size: Int, failure: RequestFailure?) {
        var reader = FieldListReader(limits: limits, isTrailers: true)
        defer { reader.erase() }
        do throws(RequestFailure) {
            for (name, value, _) in trailers { try reader.append(name: name, value: value) }
            return (reader.size, nil)
        } catch {
            return (reader.size, error)
        }
    }
}

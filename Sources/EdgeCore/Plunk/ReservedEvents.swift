/// Names of events that Plunk records itself and lets nobody send.
package enum ReservedEvents {
    /// Compared byte for byte: `Email.sent` is nobody's.
    package static func contains(_ event: some BidirectionalCollection<UInt8>) -> Bool {
        if starts(event, with: "email.") || event.equals("contact.subscribed") || event.equals("contact.unsubscribed") {
            return true
        }
        return starts(event, with: "segment.") && (ends(event, with: ".entry") || ends(event, with: ".exit"))
    }

    private static func starts(_ event: some Collection<UInt8>, with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { event.starts(with: $0) }
    }

    private static func ends(_ event: some BidirectionalCollection<UInt8>, with suffix: StaticString) -> Bool {
        suffix.withUTF8Buffer { event.suffix($0.count).elementsEqual($0) }
    }
}

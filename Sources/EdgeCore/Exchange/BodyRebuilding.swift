extension Judgement {
    /// Writes the body that goes upstream from the members that passed: their values byte for byte as they were
    /// judged, everything around them anew.
    mutating func rebuildBody() {
        guard let members = event?.members else { return }
        let dropsSubscribed = snapshot.settings.policy.body.subscribed == .strip
        var rebuilt: [UInt8] = []
        rebuilt.reserveCapacity(body.count)
        for (field, member) in members where !(dropsSubscribed && field == .subscribed) {
            rebuilt.append(rebuilt.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            rebuilt.append(field.quotedName)
            rebuilt.append(contentsOf: body[member.range])
        }
        rebuilt.append(UInt8(ascii: "}"))
        rebuiltBody = rebuilt
    }
}

extension TrackEvent.Field {
    fileprivate var quotedName: StaticString {
        switch self {
        case .event: #""event":"#
        case .email: #""email":"#
        case .subscribed: #""subscribed":"#
        case .data: #""data":"#
        }
    }
}

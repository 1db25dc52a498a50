extension Judgement {
    /// Writes the body that goes upstream from the members that passed: their values byte for byte as they were
    /// judged, everything around them anew.
    mutating func rebuildBody() {
        guard let members = event?.members else { return }
        let dropsSubscribed = snapshot.settings.policy.body.subscribed == .strip
        // Not longer than what came, but for an object without members.
        rebuiltBody = [UInt8](textOfAtMost: body.count + 2) { rebuilt in
            for (field, member) in members where !(dropsSubscribed && field == .subscribed) {
                rebuilt.append(rebuilt.isEmpty ? "{" : ",")
                rebuilt.append(field.quotedName)
                rebuilt.append(bytes: body[member.range])
            }
            rebuilt.append("}")
        }
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

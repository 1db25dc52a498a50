package import EdgeCore

/// From when until when a certificate is valid. Pure: what time it is comes in.
package struct CertificateValidity: Hashable, Sendable {
    package var notBefore: WallTime
    package var notAfter: WallTime

    package init(notBefore: WallTime, notAfter: WallTime) { (self.notBefore, self.notAfter) = (notBefore, notAfter) }

    private static let day: Int64 = 86_400_000
    /// How many days before its end a certificate is worth a word, and another, and another.
    private static let warnedDays: [Int64] = [21, 7, 1]

    /// How near its end the certificate is: 0 while that is far or it has not begun, 1 to 3 from 21, 7 and 1 days before it,
    /// 4 when it has expired.
    func stage(at now: WallTime) -> Int {
        guard now >= notBefore else { return 0 }
        let rest = notAfter.milliseconds - now.milliseconds
        return Self.warnedDays.count { rest < $0 * Self.day } + (rest <= 0 ? 1 : 0)
    }

    /// What is wrong, of the file that holds the certificate; nil while all is well.
    func complaint(about file: String, at now: WallTime) -> (isError: Bool, message: String, suggestion: String)? {
        if now < notBefore {
            let wait = Self.span(notBefore.milliseconds - now.milliseconds)
            let message = "The certificate \"\(file)\" is not valid before \(wait) from now."
            return (true, message, "Wait, or correct this machine's clock.")
        }
        let rest = notAfter.milliseconds - now.milliseconds
        if rest <= 0 { return (true, "The certificate \"\(file)\" expired \(Self.span(-rest)) ago.", "Renew it.") }
        guard stage(at: now) > 0 else { return nil }
        return (
            false, "The certificate \"\(file)\" expires in \(Self.span(rest)).",
            "Renew it; if a program does that by itself, see why it has not."
        )
    }

    /// `8 days`, `5 hours`, `1 minute`; what has begun counts whole.
    private static func span(_ milliseconds: Int64) -> String {
        for (unit, name) in [(day, "day"), (3_600_000, "hour")] where milliseconds >= unit {
            return counted((milliseconds + unit - 1) / unit, name)
        }
        return counted(max(1, (milliseconds + 59_999) / 60_000), "minute")
    }

    private static func counted(_ count: Int64, _ unit: String) -> String {
        count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}

import Foundation

/// An access log whose records are numbered: the even ones were forwarded, the others refused.
enum NumberedLog {
    static func record(_ number: Int) -> String {
        let second = String(format: "%02d:%02d", number / 60, number % 60)
        return
            #"{"v":1,"time":"2026-11-23T13:\#(second).000Z","request_id":"record-\#(number)","status":\#(number % 2 == 0 ? 200 : 401),"#
            + #""outcome":"\#(number % 2 == 0 ? "forwarded" : "rejected")","bytes_in":1,"bytes_out":1,"duration_ms":1.000}"#
            + "\n"
    }

    static func text(_ numbers: Range<Int>) -> [UInt8] { Array(numbers.map(record).joined().utf8) }
}

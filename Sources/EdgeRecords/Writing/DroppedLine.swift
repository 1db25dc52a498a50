internal import EdgeCore

/// The line that stands where records are missing: `{"v":1,"time":"...","event":"dropped","count":12}`.
enum DroppedLine {
    static func encode(_ count: Int, at time: WallTime) -> [UInt8] {
        var timestamp = Timestamp()
        return [UInt8](textOfAtMost: 128) { line in
            line.append("{\"v\":1,\"time\":\"")
            timestamp.append(time, to: &line)
            line.append("\",\"event\":\"dropped\",\"count\":")
            line.append(decimal: UInt64(max(0, count)))
            line.append("}\n")
        }
    }
}

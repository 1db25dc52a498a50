// Reads one byte behind its memory: what `Tests/sanitize address` has to report.
let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 16)
bytes.initialize(repeating: 0, count: 16)
print(bytes[Int(CommandLine.arguments.count) + 15])
bytes.deallocate()

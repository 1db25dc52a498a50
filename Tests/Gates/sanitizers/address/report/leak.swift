// Forgets its memory: what `Tests/sanitize address` has to report.
func forget() { UnsafeMutablePointer<UInt8>.allocate(capacity: 64).initialize(repeating: 1, count: 64) }

for _ in 1...100 { forget() }

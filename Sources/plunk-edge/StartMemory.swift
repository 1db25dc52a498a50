import Glibc

/// The memory that only the start needed: reading arguments and the configuration runs through half of the program once.
enum StartMemory {
    /// Gives it back: pages of code leave this process until they are run again, when the kernel's cache still has them
    /// (madvise(2), MADV_DONTNEED, on mappings of files that nobody can write to).
    static func giveBack() {
        guard let maps = fopen("/proc/self/maps", "re") else { return }
        defer { fclose(maps) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, maps) > 0, let text = line {
            guard let code = codeOfFile(String(cString: text)) else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: code.lowerBound), Int(code.count), MADV_DONTNEED)
        }
    }

    /// The addresses of a line of proc(5)'s `maps`, `55d0c0de0000-55d0c1de0000 r-xp 00000000 fe:00 42 /usr/bin/program`,
    /// if they hold code of a file.
    private static func codeOfFile(_ line: String) -> Range<UInt>? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 6, fields[1] == "r-xp", fields[5].utf8.first == UInt8(ascii: "/") else { return nil }
        let addresses = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard addresses.count == 2, addresses[0] < addresses[1] else { return nil }
        return addresses[0]..<addresses[1]
    }
}

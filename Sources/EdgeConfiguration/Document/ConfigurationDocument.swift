internal import EdgeCore

/// A configuration file, read as strict JSON: its tree, and the way from an offset back to what a person looks for.
struct ConfigurationDocument {
    /// Bytes of a file that are still read.
    static let maximumSize = 1024 * 1024

    let root: PositionedValue
    /// Offsets of member names that stand a second time in their object.
    let duplicates: [Int]

    init(_ bytes: [UInt8]) throws(JSONFailure) {
        let result = bytes.withUnsafeBufferPointer { text -> Result<DocumentBuilder, JSONFailure> in
            var builder = DocumentBuilder(text: text)
            do throws(JSONFailure) {
                try JSONScanner.scan(text, refusesDuplicates: false, visitor: &builder)
                return .success(builder)
            } catch {
                return .failure(error)
            }
        }
        let builder = try result.get()
        guard let root = builder.root else { throw JSONFailure(.unexpectedEnd, at: bytes.count) }
        (self.root, duplicates) = (root, builder.duplicates)
    }

    /// The JSON pointer (RFC 6901) of the innermost value or member at `offset`; empty for the whole file.
    func pointer(at offset: Int) -> String {
        var pointer = ""
        var value = root
        while true {
            switch value.content {
            case .object(let members):
                guard let index = members.lastIndex(startingAtOrBefore: offset, \.offset),
                    offset < members[index].value.range.upperBound
                else { return pointer }
                pointer += "/" + Self.escaped(members[index].name)
                value = members[index].value
            case .array(let elements):
                guard let index = elements.lastIndex(startingAtOrBefore: offset, \.offset),
                    offset < elements[index].range.upperBound
                else { return pointer }
                pointer += "/\(index)"
                value = elements[index]
            case .string, .number, .boolean, .null:
                return pointer
            }
        }
    }

    private static func escaped(_ name: String) -> String {
        var token = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(character)
            }
        }
        return SecretKey.redacted(token)
    }

    /// Calls `body` with every string and member name of the file and its offset, in no particular order.
    func forEachString(_ body: (String, Int) -> Void) {
        var pending = [root]
        while let value = pending.popLast() {
            switch value.content {
            case .object(let members):
                for member in members {
                    body(member.name, member.offset)
                    pending.append(member.value)
                }
            case .array(let elements): pending += elements
            case .string(let text): body(text, value.offset)
            case .number, .boolean, .null: break
            }
        }
    }
}

extension Array {
    /// The last element that starts at `offset` or before it; elements are in ascending order.
    fileprivate func lastIndex(startingAtOrBefore offset: Int, _ start: (Element) -> Int) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if start(self[middle]) <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}

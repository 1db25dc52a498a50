internal import EdgeCore

/// Builds the tree of a configuration file from what the scanner finds.
struct DocumentBuilder: JSONVisitor {
    private struct Container {
        var start: Int
        var isObject: Bool
        var members: [PositionedValue.Member] = []
        var elements: [PositionedValue] = []
        /// The name whose value comes next.
        var name: (text: String, offset: Int)?
        var names: Set<[UInt8]> = []
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var open: [Container] = []
    private(set) var root: PositionedValue?
    /// Offsets of member names that stand a second time in their object.
    private(set) var duplicates: [Int] = []

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func beginObject(at offset: Int) { open.append(Container(start: offset, isObject: true)) }

    mutating func beginArray(at offset: Int) { open.append(Container(start: offset, isObject: false)) }

    mutating func name(_ name: JSONString) {
        let bytes = name.bytes(in: text)
        let offset = name.range.lowerBound - 1
        guard let last = open.indices.last else { return }
        open[last].name = (String(decoding: bytes, as: UTF8.self), offset)
        if !open[last].names.insert(bytes).inserted { duplicates.append(offset) }
    }

    mutating func endObject(end: Int) { close(end: end) }

    mutating func endArray(end: Int) { close(end: end) }

    mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) {
        let content: PositionedValue.Content =
            switch scalar {
            case .string(let hasEscapes):
                .string(
                    String(
                        decoding: JSONString(range: range.dropFirst().dropLast(), hasEscapes: hasEscapes)
                            .bytes(in: text), as: UTF8.self))
            case .number: .number(String(decoding: text[range], as: UTF8.self))
            case .true: .boolean(true)
            case .false: .boolean(false)
            case .null: .null
            }
        add(PositionedValue(content: content, range: range))
    }

    private mutating func close(end: Int) {
        guard let container = open.popLast() else { return }
        let content: PositionedValue.Content =
            container.isObject ? .object(container.members) : .array(container.elements)
        add(PositionedValue(content: content, range: container.start..<end))
    }

    private mutating func add(_ value: PositionedValue) {
        guard let last = open.indices.last else {
            root = value
            return
        }
        if let name = open[last].name {
            open[last].members.append(.init(name: name.text, offset: name.offset, value: value))
            open[last].name = nil
        } else {
            open[last].elements.append(value)
        }
    }
}

import Testing

@testable import EdgeCore

/// How large an HTTP/2 request's fields may be: the same as over HTTP/1.1.
@Suite struct FieldListLimitTests {
    private static let least = FieldListReading.least

    private static func replacing(_ name: String, _ value: String) -> FieldList {
        least.map { $0.name == name ? (name, value) : $0 }
    }

    /// What a list of fields counts, as HTTP/1.1 would write it.
    private static func size(of fields: FieldList) -> Int {
        fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    @Test("Fields of exactly the limit pass, and one byte more does not")
    func sizeLimit() {
        var limits = ConnectionSettings()
        limits.headerSize = 1024
        let room = 1024 - Self.size(of: Self.least + [("x", "")])
        func fields(_ count: Int) -> FieldList { Self.least + [("x", String(repeating: "a", count: count))] }
        #expect(FieldListReading.failure(of: fields(room), limits: limits) == nil)
        #expect(FieldListReading.failure(of: fields(room + 1), limits: limits) == .headerTooLarge)
        // Whichever field it is that crosses it.
        #expect(FieldListReading.failure(of: fields(room - 5) + [("y", "")], limits: limits) == nil)
        #expect(FieldListReading.failure(of: fields(room - 4) + [("y", "")], limits: limits) == .headerTooLarge)
    }

    @Test("As many fields as the limit pass, and one more does not; those of the request line are not counted")
    func countLimit() {
        var limits = ConnectionSettings()
        limits.headerCount = 3
        let three = Self.least + [("x", "a"), ("x", "b"), ("y", "c")]
        #expect(FieldListReading.failure(of: three, limits: limits) == nil)
        #expect(FieldListReading.failure(of: three + [("z", "")], limits: limits) == .headerTooLarge)
        limits.headerCount = 0
        #expect(FieldListReading.failure(of: Self.least, limits: limits) == nil)
    }

    @Test("A path longer than all fields may be is told so, and other parts of the request line are bounded, too")
    func requestLine() {
        var limits = ConnectionSettings()
        limits.headerSize = 1024
        func path(_ count: Int) -> FieldList { Self.replacing(":path", "/" + String(repeating: "a", count: count - 1)) }
        #expect(FieldListReading.failure(of: path(1024), limits: limits) == nil)
        #expect(FieldListReading.failure(of: path(1025), limits: limits) == .targetTooLong)
        #expect(FieldListReading.failure(of: path(1024) + [("x", "")], limits: limits) == .headerTooLarge)
        let method = Self.replacing(":method", String(repeating: "a", count: 4096))
        #expect(FieldListReading.failure(of: method, limits: limits) == .headerTooLarge)
    }
}

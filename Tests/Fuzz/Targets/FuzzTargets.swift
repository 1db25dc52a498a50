/// All targets. A new one is a file and a line here, and a folder in `Tests/Fuzz/Corpora`.
package enum FuzzTargets {
    package static let all: [any FuzzTarget.Type] = [
        JSONTarget.self,
        UpstreamAnswerTarget.self,
        RequestReaderTarget.self,
        FieldListTarget.self,
        HTTP1FrontTarget.self,
    ]

    /// The target of this name, nil if there is none.
    package static func named(_ name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}

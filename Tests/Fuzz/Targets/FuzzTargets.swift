/// All targets. A new one is a file and a line here, and a folder in `Tests/Fuzz/Corpora`.
package enum FuzzTargets {
    package static let all: [any FuzzTarget.Type] = [
        AccessLogTarget.self,
        AccessRecordTarget.self,
        AddressTarget.self,
        BodyTarget.self,
        ChunkedTarget.self,
        ConfigurationTarget.self,
        ForwardedForTarget.self,
        HeadTarget.self,
        JSONTarget.self,
        OriginTarget.self,
        FieldListTarget.self,
        HTTP1FrontTarget.self,
        RequestReaderTarget.self,
        UpstreamAnswerTarget.self,
    ]

    /// The target of this name, ``PlantedBug`` included; nil if there is none.
    package static func named(_ name: String) -> (any FuzzTarget.Type)? {
        (all + [PlantedBug.self]).first { $0.name == name }
    }
}

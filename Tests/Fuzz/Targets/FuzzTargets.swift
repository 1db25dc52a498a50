/// All targets. A new one is a file and a line here, and a folder in `Tests/Fuzz/Corpora`.
package enum FuzzTargets {
    package static let all: [any FuzzTarget.Type] = [
        AccessLogTarget.self,
        AccessRecordTarget.self,
        AddressTarget.self,
        AdminHostTarget.self,
        ApplicationProtocolTarget.self,
        BodyTarget.self,
        ChunkedTarget.self,
        ConfigurationTarget.self,
        FieldListTarget.self,
        ForwardedForTarget.self,
        HTTP1FrontTarget.self,
        HTTP2FrontTarget.self,
        HeadTarget.self,
        JSONTarget.self,
        OriginTarget.self,
        ProtocolChoiceTarget.self,
        RequestReaderTarget.self,
        TLSTarget.self,
        UpstreamAnswerTarget.self,
    ]

    /// The target of this name, ``PlantedBug`` included; nil if there is none.
    package static func named(_ name: String) -> (any FuzzTarget.Type)? {
        (all + [PlantedBug.self]).first { $0.name == name }
    }
}

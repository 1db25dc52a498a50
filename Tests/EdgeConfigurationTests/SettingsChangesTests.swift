import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

/// What a reload says of two configurations.
@Suite struct SettingsChangesTests {
    private static func load(_ members: String = "") throws -> EdgeSettings {
        let standard = [
            "\"listeners\"": #"[{"address":"127.0.0.1:0"}]"#, "\"upstream\"": #"{"url":"https://plunk.example.com"}"#,
        ]
        let missing = standard.filter { !members.contains($0.key) }.map { "\($0.key):\($0.value)" }
        let text = "{\((missing + (members.isEmpty ? [] : [members])).joined(separator: ","))}"
        return try ConfigurationLoader(environment: [:], sha256: testDigest).load(
            bytes: Array(text.utf8), path: "config.json", folder: "/"
        ).settings
    }

    @Test(
        "A change has the name of its setting",
        arguments: [
            (#""listeners":[{"address":"127.0.0.1:0","h2c":true}]"#, "listeners"),
            (#""endpoint":"/api/hello""#, "endpoint"),
            (#""upstream":{"url":"https://other.example.com"}"#, "upstream.url"),
            (#""upstream":{"url":"https://plunk.example.com","resolve":["192.0.2.1"]}"#, "upstream.resolve"),
            (#""upstream":{"url":"https://plunk.example.com","proxy":"http://a:1"}"#, "upstream.proxy"),
            (#""upstream":{"url":"https://plunk.example.com","timeouts":{"connect":"2s"}}"#, "upstream.timeouts"),
            (#""upstream":{"url":"https://plunk.example.com","connections":{"idle":"4s"}}"#, "upstream.connections"),
            (#""upstream":{"url":"https://plunk.example.com","inFlight":{"max":3}}"#, "upstream.inFlight"),
            (#""upstream":{"url":"https://plunk.example.com","retry":"never"}"#, "upstream.retry"),
            (#""upstream":{"url":"https://plunk.example.com","idempotency":"pass"}"#, "upstream.idempotency"),
            (#""keys":[{"name":"web","accepts":["pk_a"]}]"#, "keys"), (#""origins":["https://a.example"]"#, "origins"),
            (#""requireOrigin":true"#, "requireOrigin"), (#""body":{"maxSize":"1KiB"}"#, "body.maxSize"),
            (#""body":{"unknownFields":"reject"}"#, "body.unknownFields"),
            (#""body":{"subscribed":"strip"}"#, "body.subscribed"), (#""events":{"allow":["a"]}"#, "events.allow"),
            (#""limits":{"perClient":null}"#, "limits.perClient"),
            (#""limits":{"perKey":{"rate":"1/s","burst":1}}"#, "limits.perKey"),
            (#""limits":{"connections":5}"#, "limits.connections"),
            (#""limits":{"connectionsPerClient":5}"#, "limits.connectionsPerClient"),
            (#""limits":{"headerSize":"1KiB"}"#, "limits.headerSize"),
            (#""limits":{"headerCount":20}"#, "limits.headerCount"),
            (#""limits":{"timeouts":{"write":"1s"}}"#, "limits.timeouts"),
            (#""trustedProxies":["10.0.0.0/8"]"#, "trustedProxies"),
            (#""clientAddress":{"log":"omit"}"#, "clientAddress"),
            (#""accessLog":{"path":"/tmp/access.log"}"#, "accessLog.path"),
            (#""accessLog":{"maxSize":"1MiB"}"#, "accessLog.maxSize"), (#""accessLog":{"keep":3}"#, "accessLog.keep"),
            (#""shutdown":{"drain":"1s"}"#, "shutdown"),
        ])
    func takenOver(members: String, name: String) throws {
        let (old, new) = (try Self.load(), try Self.load(members))
        #expect(SettingsChanges.takenOver(from: old, to: new) == [name])
        #expect(SettingsChanges.takenOver(from: new, to: new) == [])
        #expect(SettingsChanges.needingRestart(from: old, to: new) == [])
    }

    @Test("What only a restart takes over is told apart")
    func needingRestart() throws {
        let (old, new) = (try Self.load(), try Self.load(#""admin":{"address":"127.0.0.1:1"}"#))
        #expect(SettingsChanges.needingRestart(from: old, to: new) == ["admin.address"])
        #expect(SettingsChanges.takenOver(from: old, to: new) == [])
    }

    @Test("Every setting of the schema is compared")
    func complete() throws {
        let schema = try #require(
            JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8)) as? [String: Any])
        let names = SettingsChanges.names
        let paths = paths(in: schema, "").filter { $0 != "$schema" && $0 != "admin.allowPublic" }
        #expect(paths.count > 30)
        for path in paths {
            #expect(names.contains { path == $0 || path.hasPrefix("\($0).") }, "\(path)")
        }
    }

    /// Of everything that is no object, as in `limits.timeouts.header`.
    private func paths(in schema: [String: Any], _ path: String) -> [String] {
        guard let properties = schema["properties"] as? [String: [String: Any]] else { return [path] }
        return properties.flatMap { paths(in: $1, path.isEmpty ? $0 : "\(path).\($0)") }
    }
}

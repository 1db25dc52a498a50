import EdgeTestSupport
import Foundation
import Testing

/// `demo --tls`, by what it prints.
@Suite(.serialized) struct DemoTLSTests {
    private struct Demo {
        let process: ChildProcess
        let introduction: String
        /// Of the certificate, as it is printed.
        let certificate: String
        let port: String
        var folder: String { (certificate as NSString).deletingLastPathComponent }

        init(temporaryFolder: String? = nil) throws {
            let environment = temporaryFolder.map { ["TMPDIR": $0] } ?? [:]
            process = try EdgeProcess.run("demo", "--tls", "--port", "0", environment: environment)
            _ = try process.output.waitForLine("end of the introduction") { $0.contains("access log") ? true : nil }
            introduction = process.output.text
            certificate = try #require(introduction.firstMatch(of: /--cacert (\S+)/).map { String($0.1) })
            port = try #require(introduction.firstMatch(of: /https:\/\/localhost:(\d+)/).map { String($0.1) })
        }
    }

    @Test("The lines it prints are commands that send events over TLS, and they fit a terminal")
    func lines() throws {
        let demo = try Demo()
        let commands = demo.introduction.replacing("\\\n", with: "").split(separator: "\n")
            .filter { $0.hasPrefix("curl") }
        var statuses: [Int?] = []
        for command in commands {
            let curl = try ChildProcess("/bin/sh", ["-c", "\(command) --silent --max-time 10"])
            #expect(try curl.waitForExit(atMost: .seconds(15)) == 0, "\(curl.errors.text)")
            let head = try curl.output.waitForEnd().split(separator: "\r\n").first
            statuses.append(head.flatMap { $0.firstMatch(of: /^HTTP\/\S+ (\d+)/) }.flatMap { Int($0.1) })
        }
        #expect(statuses == [200, 401, 401, 401])
        // As with the port that it has without being told.
        let shown = demo.introduction.replacing(":\(demo.port)", with: ":8080")
        for line in shown.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("Its certificate is one that OpenSSL and Python accept, by name and by both addresses, for a week")
    func certificate() throws {
        let demo = try Demo()
        let verify = try ChildProcess(
            "/usr/bin/openssl",
            ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", demo.certificate, demo.certificate])
        #expect(try verify.waitForExit() == 0, "\(verify.errors.text)")
        let script = """
            import socket, ssl, sys, time
            made = ssl.create_default_context(cafile=sys.argv[1])
            for name in ("localhost", "127.0.0.1", "::1"):
                raw = socket.create_connection(("127.0.0.1", int(sys.argv[2])), 10)
                with made.wrap_socket(raw, server_hostname=name) as stream:
                    ends = ssl.cert_time_to_seconds(stream.getpeercert()["notAfter"])
                    print(name, stream.version(), round((ends - time.time()) / 86400))
            """
        let python = try ChildProcess("/usr/bin/python3", ["-c", script, demo.certificate, demo.port])
        #expect(try python.waitForExit(atMost: .seconds(30)) == 0, "\(python.errors.text)")
        let names = ["localhost", "127.0.0.1", "::1"]
        #expect(try python.output.waitForEnd() == names.map { "\($0) TLSv1.3 7\n" }.joined())
    }

    @Test(
        "Its files are nobody else's, the key is gone at once, and a signal removes the rest",
        arguments: [SIGINT, SIGTERM])
    func files(signal: Int32) throws {
        let parent = try TemporaryFolder()
        let demo = try Demo(temporaryFolder: parent.path)
        #expect(demo.folder.hasPrefix("\(parent.path)/plunk-edge-"))
        let files = FileManager.default
        #expect(try files.attributesOfItem(atPath: demo.folder)[.posixPermissions] as? Int == 0o700)
        #expect(try files.contentsOfDirectory(atPath: demo.folder) == ["demo.pem"])
        demo.process.send(signal)
        #expect(try demo.process.waitForExit() == 0)
        #expect(try files.contentsOfDirectory(atPath: parent.path).isEmpty)
    }

    @Test("A port that is taken leaves no files behind")
    func taken() throws {
        let first = try Demo()
        let parent = try TemporaryFolder()
        let second = try EdgeProcess.run(
            "demo", "--tls", "--port", first.port, environment: ["TMPDIR": parent.path])
        #expect(try second.waitForExit() == 71)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).isEmpty)
    }
}

import EdgeTestSupport
import Foundation
import Testing

/// What `deploy/debian/build` makes. That it installs, runs and goes without a trace is `Tests/Deploy/service`'s.
@Suite struct DebianPackageTests {
    private static let files = [
        "./etc/plunk-edge/config.json -rw-r--r--",
        "./lib/systemd/system/plunk-edge.service -rw-r--r--",
        "./lib/systemd/system/plunk-edge.socket -rw-r--r--",
        "./usr/bin/plunk-edge -rwxr-xr-x",
        "./usr/share/bash-completion/completions/plunk-edge -rw-r--r--",
        "./usr/share/doc/plunk-edge/README.md -rw-r--r--",
        "./usr/share/doc/plunk-edge/README.service.md -rw-r--r--",
        "./usr/share/doc/plunk-edge/changelog.gz -rw-r--r--",
        "./usr/share/doc/plunk-edge/copyright -rw-r--r--",
        "./usr/share/doc/plunk-edge/examples/certbot-deploy-hook -rwxr-xr-x",
        "./usr/share/doc/plunk-edge/examples/config.tls.json -rw-r--r--",
        "./usr/share/doc/plunk-edge/examples/logrotate -rw-r--r--",
        "./usr/share/fish/vendor_completions.d/plunk-edge.fish -rw-r--r--",
        "./usr/share/man/man1/plunk-edge.1.gz -rw-r--r--",
        "./usr/share/plunk-edge/config.schema.json -rw-r--r--",
        "./usr/share/zsh/vendor-completions/_plunk-edge -rw-r--r--",
    ]

    private func output(_ tool: Tool, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
        let process = try ChildProcess(tool.path, arguments, environment: environment)
        let status = try process.waitForExit(atMost: .seconds(60))
        guard status == 0 else { throw Overdue("\(tool) ended with \(status): \(process.errors.text)") }
        return try process.output.waitForEnd()
    }

    @Test("It has the program, the service, an example that holds, and documents, all root's")
    func contents() throws {
        let folder = try TemporaryFolder()
        // To compress it well takes long, and is of no use here.
        let built = try output(
            .bash, [Repository.path("deploy/debian/build"), "--program", EdgeProcess.binary, folder.path],
            environment: ["DPKG_DEB_COMPRESSOR_TYPE": "none"])
        let package = built.trimmingCharacters(in: .whitespacesAndNewlines)

        let lines = try output(.packager, ["--contents", package]).split(separator: "\n")
            .map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(lines.allSatisfy { $0.count >= 6 && $0[1] == "root/root" })
        let files = lines.filter { $0.first?.hasPrefix("d") == false && $0.count >= 6 }.map { "\($0[5]) \($0[0])" }
        #expect(files.sorted() == Self.files)

        let control = try output(.packager, ["--field", package])
        #expect(control.contains("Package: plunk-edge\n"))
        // The program's version, and when the last change was made: a later one is an upgrade.
        let version = try #require(control.firstMatch(of: /(?m)^Version: (0\.1\.0\+\d{12})$/)?.1)
        #expect(package.contains("plunk-edge_\(version)_"))
        let depends = try #require(control.firstMatch(of: /(?m)^Depends: (.+)$/)?.1)
        for name in ["libc6", "libcurl4", "libssl3", "zlib1g", "adduser", "ca-certificates"] {
            #expect(depends.split(separator: ", ").contains { $0 == name || $0.hasPrefix("\(name) (") }, "\(name)")
        }

        let unpacked = "\(folder.path)/unpacked"
        _ = try output(.packager, ["--raw-extract", package, unpacked])
        #expect(
            try String(contentsOfFile: "\(unpacked)/DEBIAN/conffiles", encoding: .utf8)
                == "/etc/plunk-edge/config.json\n")
        for script in ["postinst", "prerm", "postrm"] {
            _ = try output(.bash, ["-n", "\(unpacked)/DEBIAN/\(script)"])
        }
        let documents = "\(unpacked)/usr/share/doc/plunk-edge"
        #expect(try String(contentsOfFile: "\(documents)/README.md", encoding: .utf8) == Repository.file("README.md"))
        let service = try String(contentsOfFile: "\(documents)/README.service.md", encoding: .utf8)
        for name in ["certbot-deploy-hook", "config.tls.json"] {
            #expect(service.contains("examples/\(name)") && Self.files.contains { $0.contains("examples/\(name) ") })
        }
        // The example holds, but for the folder of its log, which is made at installation.
        let example = "\(unpacked)/etc/plunk-edge/config.json"
        let text = try String(contentsOfFile: example, encoding: .utf8)
        #expect(text.contains("\"/var/log/plunk-edge/access.log\""))
        let admin = try JSONValue(parsing: Array(text.utf8))["admin"]
        #expect(admin?["address"] == "127.0.0.1:9090", "health and reload work")
        let here = try folder.write(
            "here.json", Array(text.replacing("/var/log/plunk-edge", with: folder.path).utf8))
        let check = try EdgeProcess.run("check", "--config", here)
        #expect(try check.waitForExit() == 0, "\(check.errors.text)")
    }

    @Test("What is no program ends in an error")
    func noProgram() throws {
        let folder = try TemporaryFolder()
        for arguments in [["--program", "/nothing", folder.path], ["a", "b"], ["--wrong"]] {
            let process = try Tool.bash.start([Repository.path("deploy/debian/build")] + arguments)
            #expect(try process.waitForExit() != 0)
            #expect(try !process.errors.waitForEnd().isEmpty)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}

import EdgeTestSupport
import Foundation
import Testing

/// What becomes of files that replace a certificate's.
@Suite struct RenewalTests {
    @Test(
        "A new pair that check would object to keeps the old one",
        arguments: [("late", "expired"), ("elsewhere", #"is for "localhost""#), ("mixed", "does not belong to")])
    func renewedInVain(name: String, complaint: String) throws {
        let stage = try SecureStage(askedFor: ["localhost"]) { certificates in
            try certificates.make("elsewhere", names: ["elsewhere.test"])
            try certificates.make("mixed", names: ["localhost"])
            try certificates.makeExpired("late")
        }
        let folder = stage.certificates.path
        for kind in name == "mixed" ? ["pem"] : ["key", "pem"] {
            try FileManager.default.removeItem(atPath: "\(folder)/good.\(kind)")
            try FileManager.default.copyItem(atPath: "\(folder)/\(name).\(kind)", toPath: "\(folder)/good.\(kind)")
        }
        stage.edge.process.send(SIGHUP)
        _ = try stage.edge.process.errors.waitForLine("refusal") { line in
            line.contains("configuration not reloaded") ? true : nil
        }
        _ = try stage.edge.process.errors.waitForLine(name) { $0.contains(complaint) ? true : nil }
        // By a client that checks the certificate.
        try stage.expectService()
    }

    @Test("Certificates are renewed while connections stay, and a bad pair keeps the old one")
    func renewal() throws {
        let stage = try SecureStage()
        try stage.certificates.make("renewed", names: ["localhost"])
        let folder = stage.certificates.path
        let printed = try stage.python(
            """
            import os, signal, shutil
            edge = int(sys.argv[3])
            def serial(stream): return stream.getpeercert()["serialNumber"]
            def use(name):
                for kind in ("key", "pem"):
                    shutil.copy(f"{folder}/{name}.{kind}", f"{folder}/new")
                    os.rename(f"{folder}/new", f"{folder}/good.{kind}")
            first = connect()
            before = serial(first)
            use("renewed")
            os.kill(edge, signal.SIGHUP)
            while serial(connect()) == before: pass
            first.sendall(request)
            print("kept", answer(first).split()[1].decode())
            shutil.copy(f"{folder}/other.key", f"{folder}/good.key")
            os.kill(edge, signal.SIGHUP)
            print("renewed", serial(connect()) != before)
            """, "\(stage.edge.process.identifier)")
        #expect(printed == ["kept 200", "renewed True"])
        let warning = try stage.edge.process.errors.waitForLine("warning") { line in
            line.contains("the old certificate stays") ? String(line) : nil
        }
        #expect(warning.contains("\(folder)/good.key"))
        // The rest comes: nobody has to say so.
        var renewals = 0
        try FileManager.default.removeItem(atPath: "\(folder)/good.pem")
        try FileManager.default.copyItem(atPath: "\(folder)/other.pem", toPath: "\(folder)/good.pem")
        _ = try stage.edge.process.errors.waitForLine("second renewal") { line in
            renewals += line.contains("new connections get the certificates") ? 1 : 0
            return renewals == 2 ? true : nil
        }
    }
}

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
}

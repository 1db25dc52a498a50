import EdgeCore
import EdgeTLS
import EdgeTestSupport
import Testing

@Suite struct CertificateStoreTests {
    private static let day: Int64 = 86_400_000
    /// When no certificate that is made here is near its end.
    private static let longBefore = WallTime(milliseconds: 0)

    private func store(in folder: TemporaryFolder, now: WallTime) throws -> CertificateStore {
        let made = try ThrowAwayCertificate()
        let certificate = try folder.write("edge.pem", made.certificate)
        let privateKey = try folder.write("edge.key", made.privateKey)
        return try CertificateStore(
            TLSSettings(certificates: [.init(certificate: certificate, privateKey: privateKey)]), now: now)
    }

    @Test("Until when a certificate is valid can be read, and is read again with it")
    func expiries() throws {
        let folder = try TemporaryFolder()
        let store = try store(in: folder, now: Self.longBefore)
        #expect(store.expiries.map(\.certificate) == ["\(folder.path)/edge.pem"])
        let before = try #require(store.expiries.first?.notAfter)
        // Whole seconds, as certificates count.
        #expect(before.milliseconds % 1000 == 0)
        _ = try self.store(in: folder, now: Self.longBefore)
        #expect(store.hasChanged)
        try store.reload(now: WallTime(milliseconds: before.milliseconds - Self.day))
        #expect(!store.hasChanged)
        #expect(try #require(store.expiries.first?.notAfter) >= before)
    }

    @Test("What comes to its end is said once, with the file's name, from the moment that the start has not told")
    func warnings() throws {
        let folder = try TemporaryFolder()
        let store = try store(in: folder, now: Self.longBefore)
        let end = try #require(store.expiries.first?.notAfter).milliseconds
        let said = [20, 6, 5, 0, -1].map { (days: Int64) in
            store.expiryWarnings(now: WallTime(milliseconds: end - days * Self.day))
        }
        let file = "The certificate \"\(folder.path)/edge.pem\""
        let advice = "Renew it; if a program does that by itself, see why it has not."
        #expect(
            said == [
                [], ["\(file) expires in 6 days. \(advice)"], [], ["\(file) expired 1 day ago. Renew it."], [],
            ])
    }
}

import EdgeCore
import EdgeTLS
import EdgeTestSupport
import Glibc
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
        #expect(store.reload(now: WallTime(milliseconds: before.milliseconds - Self.day)).hasNews)
        #expect(!store.hasChanged)
        #expect(try #require(store.expiries.first?.notAfter) >= before)
    }

    @Test(
        "Each pair is renewed by itself: one that cannot be used keeps no other back, nor is read again before it changes"
    )
    func pairByPair() throws {
        let folder = try TemporaryFolder()
        func write(_ name: String) throws -> TLSSettings.CertificateFiles {
            let made = try ThrowAwayCertificate()
            return .init(
                certificate: try folder.write("\(name).pem", made.certificate),
                privateKey: try folder.write("\(name).key", made.privateKey))
        }
        let files = [try write("first"), try write("second")]
        let store = try CertificateStore(TLSSettings(certificates: files), now: Self.longBefore)
        let now = WallTime(milliseconds: try #require(store.expiries.first?.notAfter).milliseconds - Self.day)
        _ = try write("first")
        _ = try folder.write("second.key", Array("nonsense".utf8))
        let renewal = store.reload(now: now)
        #expect(renewal.hasNews)
        #expect(renewal.problems.count == 1)
        #expect(renewal.problems.first?.contains("\(folder.path)/second.key") == true)
        #expect(store.reload(now: now).problems == [], "nothing has changed since")
        _ = try write("second")
        let second = store.reload(now: now)
        #expect(second.hasNews && second.problems.isEmpty)
    }

    @Test("What could not be used is tried again, and what is wrong with it is said again only to who asks")
    func triedAgain() throws {
        let folder = try TemporaryFolder()
        let store = try store(in: folder, now: Self.longBefore)
        let end = try #require(store.expiries.first?.notAfter).milliseconds
        _ = try self.store(in: folder, now: Self.longBefore)
        // As by a clock that is slow.
        #expect(store.reload(now: Self.longBefore).problems.count == 1)
        #expect(store.hasChanged)
        let silent = store.reload(now: Self.longBefore)
        #expect(silent.problems.isEmpty && !silent.hasNews)
        #expect(store.reload(now: Self.longBefore, repeatsProblems: true).problems.count == 1)
        let renewal = store.reload(now: WallTime(milliseconds: end - Self.day))
        #expect(renewal.hasNews && renewal.problems.isEmpty)
        #expect(!store.hasChanged)
    }

    @Test("A chain that is damaged behind its first certificate is not taken, and the one that was read stays")
    func damagedChain() throws {
        let folder = try TemporaryFolder()
        let made = try ThrowAwayCertificate()
        let other = try ThrowAwayCertificate().certificate
        let middle = other.count / 2
        let broken = Array(other[..<middle]) + Array("!".utf8) + Array(other[(middle + 1)...])
        let files = TLSSettings.CertificateFiles(
            certificate: try folder.write("edge.pem", made.certificate + other),
            privateKey: try folder.write("edge.key", made.privateKey))
        let store = try CertificateStore(TLSSettings(certificates: [files]), now: Self.longBefore)
        let now = WallTime(milliseconds: try #require(store.expiries.first?.notAfter).milliseconds - Self.day)
        for damaged in [Array(other[..<middle]), broken] {
            _ = try folder.write("edge.pem", made.certificate + damaged)
            let renewal = store.reload(now: now, repeatsProblems: true)
            #expect(!renewal.hasNews)
            #expect(renewal.problems.count == 1, "\(renewal.problems)")
            #expect(throws: TLSSetupFailure.self) {
                try CertificateStore(TLSSettings(certificates: [files]), now: now)
            }
        }
        _ = try folder.write("edge.pem", made.certificate + Array("a remark\n".utf8))
        #expect(store.reload(now: now).problems.isEmpty)
    }

    @Test("What is no plain file is not waited for")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let made = try ThrowAwayCertificate()
        let path = "\(folder.path)/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        let files = TLSSettings.CertificateFiles(
            certificate: path, privateKey: try folder.write("edge.key", made.privateKey))
        #expect(throws: TLSSetupFailure.self) {
            try CertificateStore(TLSSettings(certificates: [files]), now: Self.longBefore)
        }
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
                [], ["\(file) expires in 6 days. \(advice)"], [], ["\(file) expired 1 minute ago. Renew it."], [],
            ])
    }
}

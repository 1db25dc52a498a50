import EdgeTestSupport
import Foundation
import Synchronization

/// `openssl s_server` with a certificate made for the test. Answers each request on its one connection with
/// `String.recorded`.
final class TLSServer: Sendable {
    let port: UInt16
    private let process: Process
    private let folder: URL
    private let posts = Mutex(0)

    /// The certificate, which is its own authority.
    var certificate: String { folder.appending(path: "certificate.pem").path }
    /// How many requests arrived.
    var requestCount: Int { posts.withLock(\.self) }

    enum Failure: Error { case openssl, noPort }

    init(name: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "edge-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appending(path: "key.pem").path
        let certificate = folder.appending(path: "certificate.pem").path
        let making = Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
            key, "-out", certificate, "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
        ])
        making.standardError = FileHandle.nullDevice
        try StarterThread.run { try making.run() }
        making.waitUntilExit()
        guard making.terminationStatus == 0 else { throw Failure.openssl }

        process = Self.openssl([
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-alpn", "http/1.1",
        ])
        process.standardError = FileHandle.nullDevice
        let (input, output) = try StarterThread.run { [process] in
            let (input, output) = (Pipe.ofThisProcess(), Pipe.ofThisProcess())
            (process.standardInput, process.standardOutput) = (input, output)
            try process.run()
            return (input, output)
        }
        let reader = output.fileHandleForReading
        var text = ""
        var port: UInt16?
        while port == nil {
            let data = reader.availableData
            guard !data.isEmpty else { throw Failure.noPort }
            text += String(decoding: data, as: UTF8.self)
            port = text.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/).flatMap { UInt16($0.1) }
        }
        guard let port else { throw Failure.noPort }
        self.port = port
        let writer = input.fileHandleForWriting
        Thread.detachNewThread { [self] in
            while case let data = reader.availableData, !data.isEmpty {
                guard data.range(of: Data("POST /v1/track".utf8)) != nil else { continue }
                posts.withLock { $0 += 1 }
                try? writer.write(contentsOf: Data(String.recorded.utf8))
            }
        }
    }

    /// To be called at the end of the test.
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func openssl(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        return process
    }
}

import EdgeCore
import EdgeTLS
import Glibc

/// The demo's throw-away certificate and its key as files, in a temporary folder that only this user can look into (mode
/// 0700), in `TMPDIR` or where the system has its temporary files.
struct DemoCertificate {
    private let folder: String
    /// What `curl --cacert` is told.
    var certificate: String { "\(folder)/demo.pem" }
    private var privateKey: String { "\(folder)/demo.key" }

    var tls: TLSSettings { TLSSettings(certificates: [.init(certificate: certificate, privateKey: privateKey)]) }

    /// - Throws: the exit, after saying what could not be made or written.
    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        var template = Array("\(parent.hasPrefix("/") ? parent : P_tmpdir)/plunk-edge-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Self.failure("no temporary folder can be made. Set TMPDIR to a folder that can be written to")
        }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do {
            let made = try ThrowAwayCertificate()
            try Self.write(made.certificate, to: certificate)
            try Self.write(made.privateKey, to: privateKey)
        } catch let failure as TLSFailure {
            remove()
            throw Exit.failure("the demo's certificate cannot be made: \(failure)", Exit.systemFailure)
        } catch {
            remove()
            throw error
        }
    }

    /// Removes the key, which the edge has read, so that nothing can leave it behind.
    func removeKey() { unlink(privateKey) }

    /// Removes all of it.
    func remove() {
        removeKey()
        unlink(certificate)
        rmdir(folder)
    }

    /// Writes a new file that only this user can read. A few kilobytes: the system takes them at once or not at all.
    private static func write(_ bytes: [UInt8], to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("\(file) cannot be made") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw failure("\(file) cannot be written")
        }
    }

    private static func failure(_ message: String) -> any Error {
        Exit.failure("\(message): \(String(cString: strerror(errno))).", Exit.systemFailure)
    }
}

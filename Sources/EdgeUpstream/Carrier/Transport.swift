internal import CCurl
internal import EdgeCore
private import EdgeSystem
private import Glibc

/// One connection to the upstream as libcurl makes and carries it: resolved, tunnelled, encrypted, verified. Knows bytes
/// but not HTTP. Confined to one event loop; nothing blocks.
final class Transport {
    enum Progress: Equatable {
        case connecting
        case connected
        case failed(UpstreamFailure)
    }

    enum Sent: Equatable {
        /// At least 1, perhaps fewer than given.
        case bytes(Int)
        case wouldBlock
        case failed
    }

    enum Received: Equatable {
        /// At least 1.
        case bytes(Int)
        case wouldBlock
        /// The peer will send no more.
        case ended
        case failed
    }

    private let readiness: Readiness
    /// What ``Readiness`` names this transport by.
    private let owner: UInt32
    private let easy: EasyHandle
    private var multi: MultiHandle?
    private var isWaitingToWrite = false

    /// The connected socket, for events; the bytes go through libcurl.
    private(set) var socket: CInt?
    /// Why connecting failed, for people.
    private(set) var cause: String?
    /// When ``expire()`` has to be called while connecting.
    var deadline: Instant? { multi?.deadline }

    /// - Returns: nil when memory or descriptors have run out.
    init?(options: ConnectionOptions, readiness: Readiness, owner: UInt32) {
        guard let easy = options.makeEasyHandle(), let multi = MultiHandle(easy: easy) else { return nil }
        (self.easy, self.multi, self.readiness, self.owner) = (easy, multi, readiness, owner)
    }

    // MARK: Connecting

    /// Lets libcurl act on the time that has passed, and do all it can do at once. The first call starts it.
    func expire() -> Progress {
        // Few rounds follow one another without waiting; a bound in case they do not end.
        for _ in 0..<16 {
            guard let multi, let deadline = multi.deadline, deadline <= .now else { break }
            let progress = settle(multi.expire())
            if progress != .connecting { return progress }
        }
        return .connecting
    }

    func act(on event: Readiness.Event) -> Progress {
        guard let multi else { return .connecting }
        let progress = settle(
            multi.act(
                on: event.socket, isReadable: event.isReadable, isWritable: event.isWritable, isBroken: event.isBroken
            )
        )
        return progress == .connecting ? expire() : progress
    }

    private func settle(_ result: CURLcode?) -> Progress {
        for interest in multi?.takeInterests() ?? [] {
            readiness.watch(interest.socket, isRead: interest.isRead, isWrite: interest.isWrite, owner: owner)
        }
        switch result {
        case nil: return .connecting
        case CURLE_OK:
            guard let socket = easy.activeSocket else { return .failed(.connect) }
            self.socket = socket
            // Once for the life of the connection.
            readiness.watch(socket, isRead: true, isWrite: false, owner: owner)
            return .connected
        case .some(let code):
            cause = describe(code)
            return .failed(UpstreamFailure(connecting: code))
        }
    }

    /// `Couldn't connect to server: Connection refused`.
    private func describe(_ code: CURLcode) -> String {
        let words = String(cString: curl_easy_strerror(code))
        guard let number = easy.integer(CURLINFO_OS_ERRNO), number != 0,
            let reason = strerror(CInt(truncatingIfNeeded: number))
        else { return words }
        return "\(words): \(String(cString: reason))"
    }

    // MARK: Bytes

    func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
        var count = 0
        let code = curl_easy_send(easy.raw, bytes.baseAddress, bytes.count, &count)
        switch code {
        case CURLE_OK: return count > 0 ? .bytes(count) : .wouldBlock
        case CURLE_AGAIN: return .wouldBlock
        default: return .failed
        }
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        var count = 0
        let code = curl_easy_recv(easy.raw, buffer.baseAddress, buffer.count, &count)
        switch code {
        case CURLE_OK: return count > 0 ? .bytes(count) : .ended
        case CURLE_AGAIN: return .wouldBlock
        default: return .failed
        }
    }

    /// Whether something has come on the socket that nobody has taken, be it its end (recv(2), MSG_PEEK): asked before
    /// each request, and cheaper than to let libcurl find nothing.
    var hasUnreadInput: Bool {
        guard let socket else { return true }
        var byte: UInt8 = 0
        let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
        return recv(socket, &byte, 1, flags) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
    }

    /// Whether an event is wanted once the socket takes bytes again.
    func waitToWrite(_ isWaiting: Bool) {
        guard let socket, isWaiting != isWaitingToWrite else { return }
        isWaitingToWrite = isWaiting
        readiness.watch(socket, isRead: true, isWrite: isWaiting, owner: owner)
    }

    /// Closes the connection. Nothing may be asked of the transport afterwards.
    func close() {
        multi = nil
        socket = nil
    }

    // MARK: What is known of it

    /// The peer, `address:port`: the proxy where there is one.
    var peer: String? {
        guard let address = easy.string(CURLINFO_PRIMARY_IP), let port = easy.integer(CURLINFO_PRIMARY_PORT) else {
            return nil
        }
        return "\(address.bracketedHost):\(port)"
    }

    /// To resolve and connect.
    var connectMicroseconds: Int? { easy.offset(CURLINFO_CONNECT_TIME_T) }

    /// The TLS handshake alone; nil without TLS.
    var tlsMicroseconds: Int? {
        guard let connected = connectMicroseconds, let encrypted = easy.offset(CURLINFO_APPCONNECT_TIME_T),
            encrypted > 0
        else { return nil }
        return max(0, encrypted - connected)
    }
}

extension UpstreamFailure {
    /// What libcurl's code means for a connection that did not come about.
    fileprivate init(connecting code: CURLcode) {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: self = .timeout(.connect)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            self = .tls
        default: self = .connect
        }
    }
}

internal import CCurl
internal import EdgeCore
private import EdgeSystem

/// Owns one libcurl multi handle, which drives the one easy handle that is in it: resolving, connecting, tunnelling and
/// the TLS handshake, all without blocking. Confined to one event loop.
///
/// Every connection has a multi handle to itself. libcurl looks a connection up by walking through all those of its
/// multi, on each send and each receive; and when it opens one more, it closes those of the same multi that have an
/// answer waiting or are older than two minutes, which it takes for dead (`prune_dead_connections` of 7.88).
final class MultiHandle {
    /// libcurl's wish for one of its sockets.
    struct Interest {
        var socket: CInt
        var isRead: Bool
        var isWrite: Bool
    }

    private let raw: OpaquePointer
    private let easy: EasyHandle
    /// What the callbacks recorded and nobody took yet. They do no more than that: no multi function may be called
    /// inside of them.
    private var interests: [Interest] = []
    /// When libcurl wants ``expire()`` to be called.
    private(set) var deadline: Instant?

    /// - Returns: nil when memory or descriptors have run out.
    init?(easy: EasyHandle) {
        guard let raw = curl_multi_init() else { return nil }
        (self.raw, self.easy) = (raw, easy)
        let context = Unmanaged.passUnretained(self).toOpaque()
        let isSet =
            edge_multi_set_socket(
                raw,
                { _, socket, what, context, _ in
                    MultiHandle.from(context)?.record(socket, what)
                    return 0
                },
                context
            ) == CURLM_OK
            && edge_multi_set_timer(
                raw,
                { _, milliseconds, context in
                    MultiHandle.from(context)?.record(milliseconds: milliseconds)
                    return 0
                },
                context
            ) == CURLM_OK
        guard isSet, curl_multi_add_handle(raw, easy.raw) == CURLM_OK else { return nil }
    }

    deinit {
        // Taking the easy handle out closes its connection. No callback may see an object that is going.
        _ = edge_multi_set_socket(raw, nil, nil)
        _ = edge_multi_set_timer(raw, nil, nil)
        curl_multi_remove_handle(raw, easy.raw)
        curl_multi_cleanup(raw)
    }

    /// Lets libcurl act on a socket that is ready.
    ///
    /// - Returns: how connecting ended; nil while it goes on.
    func act(on socket: CInt, isReadable: Bool, isWritable: Bool, isBroken: Bool) -> CURLcode? {
        var mask: CInt = isReadable ? CURL_CSELECT_IN : 0
        if isWritable { mask |= CURL_CSELECT_OUT }
        if isBroken { mask |= CURL_CSELECT_ERR }
        return act(socket, mask)
    }

    /// Lets libcurl act on the time that has passed; to be called when ``deadline`` is over.
    ///
    /// - Returns: how connecting ended; nil while it goes on.
    func expire() -> CURLcode? {
        deadline = nil
        return act(CURL_SOCKET_TIMEOUT, 0)
    }

    func takeInterests() -> [Interest] {
        defer { interests.removeAll(keepingCapacity: true) }
        return interests
    }

    private func act(_ socket: CInt, _ mask: CInt) -> CURLcode? {
        var running: CInt = 0
        // After an error the state of everything in the multi is undefined.
        guard curl_multi_socket_action(raw, socket, mask, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
        var remaining: CInt = 0
        while let message = curl_multi_info_read(raw, &remaining) {
            if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
        }
        return nil
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MultiHandle? {
        context.map { Unmanaged<MultiHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func record(_ socket: CInt, _ what: CInt) {
        let isRead = what == CURL_POLL_IN || what == CURL_POLL_INOUT
        let isWrite = what == CURL_POLL_OUT || what == CURL_POLL_INOUT
        interests.append(Interest(socket: socket, isRead: isRead, isWrite: isWrite))
    }

    private func record(milliseconds: Int) {
        deadline = milliseconds < 0 ? nil : Instant.now.advanced(by: .milliseconds(Int64(min(milliseconds, 3_600_000))))
    }
}

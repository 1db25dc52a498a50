internal import EdgeCore
internal import NIOCore
internal import NIOHTTP2

/// What one HTTP/2 connection may cost. The frame handler of swift-nio-http2 holds the limits that are said in SETTINGS
/// and those of frames that nobody needs; ``HTTP2Handler`` holds the others.
enum HTTP2Limits {
    /// Requests under way.
    static let concurrentStreams = 100
    /// Requests in all, before the client has to connect anew.
    static let totalStreams = 100_000
    /// How many bytes may be on their way to us, in all streams together.
    static let connectionWindow = 1024 * 1024
    /// How many frames that move no request forward may come in a row.
    static let idleFrames = 2000
    /// Bytes in front of what a frame holds (RFC 9113, section 4.1).
    static let frameHeaderSize = 9
    /// DATA with less than this many bytes moves no request forward.
    static let smallData = 64

    /// How many bytes may come after the beginning of one request and before the next that are no part of either: frames for
    /// streams that are over, which nobody answers, and as many as can be on their way when one has ended.
    static let idleBytes = 2 * connectionWindow

    /// How many requests one client may take back, beyond those that come to their end: more than it may have under way. On
    /// a connection that many clients share, behind a trusted proxy, the ones' patience must not cost the others their
    /// answers.
    static let resets = 150
    /// How many resets, and how many PING, SETTINGS and PRIORITY, the frame handler lets pass in a fifth of a second. It
    /// would tell the client that no request was taken, and such requests are sent again by many (RFC 9113, section 8.7), so
    /// that it should never come to that: with each reset comes a PING of some clients.
    private static let framesAtOnce = 400

    /// How many settings one client may send at once, and ever: the frame handler keeps each that it does not know, and goes
    /// through all streams for some that it does.
    static let settingsAtOnce = 64
    static let totalSettings = 4096

    private static let standardWindow = 65_535

    /// What must be added to the window that every connection begins with (RFC 9113, section 6.9.2).
    static var windowIncrement: Int { connectionWindow - standardWindow }

    /// How many bytes of a body may be on their way: all of it, so that nobody waits for a window.
    static func streamWindow(maximumBodySize: Int) -> Int { max(standardWindow, min(maximumBodySize, 1 << 30) + 1) }

    /// What depends on the configuration in what a client is told.
    struct Announced: Equatable {
        private(set) var streamWindow: Int
        private(set) var headerListSize: Int

        init(_ snapshot: Snapshot) {
            streamWindow = HTTP2Limits.streamWindow(maximumBodySize: snapshot.settings.policy.body.maximumSize)
            // Twice as large as what is accepted: who is over the limit is told so, and only who is far over it loses the
            // connection.
            headerListSize = 2 * snapshot.settings.connections.headerSize
        }

        /// What allows both.
        func widened(by other: Announced) -> Announced {
            var wider = self
            wider.streamWindow = max(streamWindow, other.streamWindow)
            wider.headerListSize = max(headerListSize, other.headerListSize)
            return wider
        }

        var settings: [HTTP2Setting] {
            [
                HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
                HTTP2Setting(parameter: .maxHeaderListSize, value: headerListSize),
            ]
        }
    }

    /// The handler that makes frames of bytes and bytes of frames.
    ///
    /// - Parameters:
    ///   - isShared: whether the connection has the requests of many clients.
    ///   - watcher: is told of every frame that is written.
    static func makeFrameHandler(
        _ snapshot: Snapshot, isShared: Bool, watchedBy watcher: HTTP2Handler
    ) -> NIOHTTP2Handler {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        let announced = Announced(snapshot)
        configuration.initialSettings =
            [HTTP2Setting(parameter: .maxConcurrentStreams, value: concurrentStreams)] + announced.settings
        // What is wrong with a request's fields or length is answered in words: ``FieldListReader``.
        configuration.headerBlockValidation = .disabled
        configuration.contentLengthValidation = .disabled
        // A frame that is full holds 16 KiB.
        configuration.maximumSequentialContinuationFrames = max(8, announced.headerListSize / 16_384 + 1)
        // Of a body with seventeen the others on a shared connection know nothing.
        configuration.maximumSequentialEmptyDataFrames = isShared ? .max : 16
        configuration.maximumBufferedControlFrames = 1000
        configuration.maximumRecentlyResetStreams = 2 * concurrentStreams
        configuration.controlFrameRateLimit.maximumCount = framesAtOnce
        configuration.controlFrameRateLimit.windowLength = .milliseconds(200)
        var streams = NIOHTTP2Handler.StreamConfiguration()
        streams.streamResetFrameRateLimit.maximumCount = framesAtOnce
        streams.streamResetFrameRateLimit.windowLength = .milliseconds(200)
        return NIOHTTP2Handler(
            mode: .server, frameDelegate: watcher, connectionConfiguration: configuration, streamConfiguration: streams)
    }
}

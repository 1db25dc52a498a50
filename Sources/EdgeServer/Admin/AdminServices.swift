internal import EdgeCore
internal import EdgeRecords
internal import NIOCore
internal import NIOHTTP1

/// What the admin listener's connections share: the table of paths, what they read from, and how many connections there
/// are. Confined to the admin loop.
final class AdminServices {
    /// More push out the one that came first.
    private static let maximumConnections = 64
    /// Answers that stay open.
    private static let maximumStreams = 16

    let status: ServerStatus
    let shared: SharedServices
    let log: AccessLogWriter
    /// What the traffic loops say of themselves.
    let readings: LoopReadings
    /// The last hour, for the page.
    private let statistics: HourStatistics
    /// Those who look at the live records; nil where none are kept.
    private let streams: RecordStreams?
    /// The host that the listener was told to listen on; nil for a Unix domain socket, where no browser comes.
    private let host: String?
    /// In the order of their coming.
    private var connections: [AdminHandler] = []

    init(
        eventLoop: any EventLoop, address: ListenAddress, status: ServerStatus, loops: EventLoopServices,
        shared: SharedServices, log: AccessLogWriter
    ) {
        (self.status, self.shared, self.log) = (status, shared, log)
        readings = LoopReadings(eventLoop: eventLoop, loops: loops)
        statistics = HourStatistics(eventLoop: eventLoop, readings: readings)
        streams = shared.feed.map { RecordStreams(eventLoop: eventLoop, feed: $0, started: status.started) }
        if case .tcp(let host, _) = address { self.host = host } else { host = nil }
    }

    /// Begins to ask the traffic loops: when nothing can fail any more, for their answers need this loop.
    func start() { statistics.start() }

    /// The table of paths. Made for each request: the answers belong to these services, and would keep them if they were
    /// kept here.
    private var routes: [AdminRoute] {
        [
            AdminRoute("/livez", "whether the process works", answer: answerLiveness),
            AdminRoute("/readyz", "whether it should be sent requests, and why not", answer: answerReadiness),
            AdminRoute("/metrics", "numbers for Prometheus", answer: answerMetrics),
            AdminRoute("/status", "what runs, as JSON", answer: answerStatus),
        ] + AdminPage.routes(statistics, streams)
    }

    // MARK: Connections

    func opened(_ handler: AdminHandler) {
        if connections.count >= Self.maximumConnections {
            (connections.first { $0.stream == nil } ?? connections.first)?.close()
        }
        connections.append(handler)
    }

    func closed(_ handler: AdminHandler) { connections.removeAll { $0 === handler } }

    func closeAll() {
        statistics.stop()
        for connection in connections { connection.close() }
    }

    // MARK: Requests

    func answer(_ head: HTTPRequestHead, _ answer: @escaping AdminRoute.Answer) {
        if let refusal = refusal(of: head) { return answer(refusal) }
        let request = AdminRequest(head)
        guard let route = routes.first(where: { $0.path == request.path }) else { return answer(notFound) }
        guard head.method == .GET || head.method == .HEAD else {
            var response = AdminResponse(405, text: "Only GET and HEAD are answered here.\n")
            response.fields = [("Allow", "GET, HEAD")]
            return answer(response)
        }
        route.answer(request) { [self] response in
            guard case .stream = response.body, connections.count(where: { $0.stream != nil }) >= Self.maximumStreams
            else { return answer(response) }
            answer(
                AdminResponse(503, text: "Enough others are looking on (\(Self.maximumStreams)). Close one of them.\n"))
        }
    }

    private func refusal(of head: HTTPRequestHead) -> AdminResponse? {
        let names = head.headers["Host"]
        if host != nil, !(names.count <= 1 && names.allSatisfy { AdminHost.isAllowed($0, own: host) }) {
            return AdminResponse(
                403,
                text: """
                    This listener does not answer under the name of the Host field, which may be somebody else's. Ask \
                    it by its address, as in http://127.0.0.1:9090/, or by localhost.

                    """)
        }
        // Another site's page may lead here, but not load from here.
        let site = head.headers.first(name: "Sec-Fetch-Site")
        if site == "cross-site" || site == "same-site", head.headers.first(name: "Sec-Fetch-Mode") != "navigate" {
            return AdminResponse(403, text: "Pages of other sites get nothing here.\n")
        }
        return nil
    }

    private var notFound: AdminResponse {
        let width = routes.map(\.path.count).max() ?? 0
        let lines = routes.map {
            "  \($0.path)\(String(repeating: " ", count: width - $0.path.count))  \($0.summary)\n"
        }
        return AdminResponse(404, text: "There is nothing here. There is:\n\n\(lines.joined())")
    }
}

@available(*, unavailable)
extension AdminServices: Sendable {}

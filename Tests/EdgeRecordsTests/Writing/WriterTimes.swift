import EdgeCore

/// How long the tests of the writer wait.
enum WriterTimes {
    static let patience = Instant.Span.seconds(10)
    static let quickRetry = Instant.Span.milliseconds(5)
}

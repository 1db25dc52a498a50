extension Reason {
    /// What this reason means and what to do about it. The compiler asks for a new one's words here.
    package var story: ReasonStory {
        switch self {
        // Check 1: HTTP itself.
        case .badRequest:
            ReasonStory(
                [1, 9], "What came is no request by the rules of HTTP, or its Idempotency-Key is malformed.",
                answer: "400 BAD_REQUEST",
                advice: """
                    A scanner, a broken client, or clear text on a port of TLS. The answer's message said which rule was \
                    broken.
                    """)
        case .targetTooLong:
            ReasonStory(
                [1], "The request line was longer than the edge takes.",
                answer: "414 BAD_REQUEST",
                advice: "Send a shorter URL: nothing of its query reaches Plunk anyway. Or raise limits.headerSize.")
        case .headerTooLarge:
            ReasonStory(
                [1], "The header fields were too large or too many. Mostly it is cookies.",
                answer: "431 BAD_REQUEST",
                advice: "Keep cookies off this path, or raise limits.headerSize or limits.headerCount.")
        case .headerTimeout:
            ReasonStory(
                [1], "The request began, and its head did not come to an end in time.",
                answer: "408 BAD_REQUEST",
                advice: """
                    A client on a bad network, or one that holds connections on purpose. If honest clients are hit, raise \
                    limits.timeouts.header.
                    """)
        case .bodyTimeout:
            ReasonStory(
                [1], "The head came, and the body did not come to an end in time.",
                answer: "408 BAD_REQUEST",
                advice: """
                    A client on a bad network, or a Content-Length that is too large. If honest clients are hit, raise \
                    limits.timeouts.body.
                    """)
        // Checks 2 to 13.
        case .preflight:
            ReasonStory(
                [2], "A browser asked whether a page of another origin may call, and was told that it may.",
                answer: "204",
                advice: "Nothing to do. The request itself has a record of its own, if it came.")
        case .originDenied:
            ReasonStory(
                [2, 7],
                """
                The page's origin may not call this endpoint, or the request had no Origin where one is required.
                """,
                answer: "403 FORBIDDEN",
                advice: """
                    If the page is yours, add its origin to origins. Behind a web server, make sure that it passes Host \
                    on, or your own pages look foreign.
                    """)
        case .secretKey:
            ReasonStory(
                [3],
                """
                The request held a secret key. Whoever could read the request, or the page or app it came from, has \
                it.
                """,
                answer: "401 INVALID_API_KEY",
                advice: """
                    Rotate the key in Plunk's dashboard now. Then find where it is built in (origin and user_agent help) \
                    and put the public key there.
                    """)
        case .missingAuth:
            ReasonStory(
                [4], "There was no Authorization, and no key entry is meant for that.",
                answer: "401 MISSING_AUTH",
                advice: """
                    Send Authorization: Bearer and the public key. For sendBeacon, which cannot, give a key entry \
                    whenMissing.
                    """)
        case .malformedAuth:
            ReasonStory(
                [4], "Authorization is not the word Bearer, one space and one key, or it stands twice.",
                answer: "401 MISSING_AUTH, 400 BAD_REQUEST if it stands twice",
                advice: "Send exactly one Authorization: Bearer and the public key.")
        case .unknownKey:
            ReasonStory(
                [5], "The key is no public key, or not one that the configuration lists.",
                answer: "401 INVALID_API_KEY",
                advice: """
                    Compare key.id and last4 with the keys you know. If the key is yours, add it to accepts of its entry \
                    in keys.
                    """)
        case .wrongEndpoint:
            ReasonStory(
                [6], "The method is not POST, or the path is not the endpoint, byte for byte.",
                answer: "401 INVALID_API_KEY",
                advice: """
                    Look at the record's method and path. Scanners do this all day. If it is your client, correct its base \
                    URL, or set endpoint.
                    """)
        case .rateLimited:
            ReasonStory(
                [8], "This client, or this key, sent more than its limit.",
                answer: "429 RATE_LIMIT_EXCEEDED",
                advice: """
                    If one address stands for many users, list its proxy in trustedProxies. Otherwise send less, or raise \
                    limits.perClient or limits.perKey.
                    """)
        case .contentType:
            ReasonStory(
                [9], "The body is not declared as JSON, or it is compressed.",
                answer: "415 INVALID_REQUEST_BODY",
                advice: "Send Content-Type: application/json and no Content-Encoding.")
        case .bodyTooLarge:
            ReasonStory(
                [10], "The body was larger than body.maxSize.",
                answer: "413 INVALID_REQUEST_BODY",
                advice: "Send less in data, or raise body.maxSize.")
        case .invalidJSON:
            ReasonStory(
                [11], "The body is no JSON by strict rules: well-formed, UTF-8, no member twice, not too deep.",
                answer: "400 VALIDATION_ERROR",
                advice: "The answer's errors named the place. Make the body with a JSON encoder.")
        case .invalidFields:
            ReasonStory(
                [12], "A field of the event is missing or has the wrong type, or the email is none.",
                answer: "422 VALIDATION_ERROR",
                advice: "The answer's errors named each field. Correct them in the client.")
        case .reservedEvent:
            ReasonStory(
                [12], "The event has a name that Plunk records itself.",
                answer: "422 VALIDATION_ERROR",
                advice: "Give the event another name.")
        case .fieldDenied:
            ReasonStory(
                [13], "The body has a member that the configuration does not let pass.",
                answer: "403 FORBIDDEN",
                advice: "Leave the member out, or change body.unknownFields or body.subscribed.")
        case .eventDenied:
            ReasonStory(
                [13], "The event's name is not one that may be sent.",
                answer: "403 FORBIDDEN",
                advice: "If the event is yours, add its name to events.allow.")
        // Check 14 and what can happen upstream.
        case .overloaded:
            ReasonStory(
                [14],
                """
                There was no room: too many connections or requests under way. Or the request had taken \
                long to come, and made room for others. Nothing was sent to Plunk.
                """,
                answer: "503 EXTERNAL_SERVICE_ERROR, or a closed connection",
                advice: """
                    If Plunk was slow then, wait. Otherwise raise limits.connections, limits.connectionsPerClient or \
                    upstream.inFlight.
                    """)
        case .upstreamDown:
            ReasonStory(
                [14], "Plunk had failed several times in a row, so the request was refused at once. Nothing was sent.",
                answer: "503 EXTERNAL_SERVICE_ERROR",
                advice: """
                    The requests before it say why: look for upstream_connect, upstream_tls and upstream_timeout. It ends \
                    by itself when Plunk answers.
                    """)
        case .upstreamRateLimited:
            ReasonStory(
                [14], "Plunk had just said 429 for this key, and the time that it named is not over. Nothing was sent.",
                answer: "429 RATE_LIMIT_EXCEEDED",
                advice: """
                    Send fewer events with this key, or ask Plunk for a higher limit. limits.perKey keeps one key from \
                    using it all up.
                    """)
        case .upstreamConnect:
            ReasonStory(
                [], "No connection to Plunk could be made. Nothing was recorded.",
                answer: "502 EXTERNAL_SERVICE_ERROR",
                advice: "Check upstream.url, the name's addresses, the route, a firewall, and upstream.proxy.")
        case .upstreamTLS:
            ReasonStory(
                [], "Plunk was reached, and no secure connection could be made. Nothing was recorded.",
                answer: "502 EXTERNAL_SERVICE_ERROR",
                advice: """
                    Check the clock, the system's CA certificates, upstream.caFile, and whether something on the way opens \
                    TLS.
                    """)
        case .upstreamTimeout:
            ReasonStory(
                [], "Plunk did not answer in time. If the request was sent, the event may have been recorded.",
                answer: "504 EXTERNAL_SERVICE_ERROR",
                advice: """
                    Compare the record's upstream times with upstream.timeouts. Sent again with the same Idempotency-Key, \
                    an event is not recorded twice.
                    """)
        case .upstreamClosed:
            ReasonStory(
                [],
                """
                The connection to Plunk was lost before its answer, and a repeat was not allowed or was lost too. The \
                event may have been recorded.
                """,
                answer: "502 EXTERNAL_SERVICE_ERROR",
                advice: """
                    Now and then: nothing to do. Often: a balancer closes idle connections, so set \
                    upstream.connections.idle below its limit.
                    """)
        case .upstreamInvalidResponse:
            ReasonStory(
                [],
                """
                Something answered in Plunk's place or in another form than Plunk's: no JSON, no HTTP, a redirect, or \
                too much.
                """,
                answer: "502, or Plunk's own error status, EXTERNAL_SERVICE_ERROR",
                advice: """
                    Check that upstream.url is Plunk's API and not its dashboard, and what stands between. upstream.status \
                    is what came.
                    """)
        case .alreadyRecorded:
            ReasonStory(
                [],
                """
                The edge repeated a request whose answer was lost, and Plunk said that it had recorded the first. All \
                is well.
                """,
                answer: "200",
                advice: "Nothing to do. The event is recorded once.")
        case .maybeRecorded:
            ReasonStory(
                [],
                """
                The edge repeated a request whose answer was lost, and what Plunk said to the second does not tell what \
                became of the first.
                """,
                answer: "502 EXTERNAL_SERVICE_ERROR",
                advice: "Look in Plunk whether the event is there before it is sent again.")
        // The client's side, and ours.
        case .clientGone:
            ReasonStory(
                [], "The client went away before its answer.",
                answer: nil,
                advice: """
                    Now and then: a page was closed. Often: clients give up before the edge does; compare duration_ms with \
                    their timeout. upstream says what Plunk made of the request.
                    """)
        case .internalError:
            ReasonStory(
                [], "The edge made a mistake of its own.",
                answer: "500 INTERNAL_SERVER_ERROR",
                advice: "Report it with this record and what standard error said at that time.")
        }
    }
}

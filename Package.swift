// swift-tools-version: 6.2
import PackageDescription

/// Every target is Swift 6 and lets no warning pass.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "plunk-edge",
    products: [
        .executable(name: "plunk-edge", targets: ["plunk-edge"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries, by their Debian packages.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),

        // The house, from the judgement outwards (Sources/README.md).
        .target(name: "EdgeCore", swiftSettings: strict),
        .target(name: "EdgeSystem", dependencies: ["CLinux", "EdgeCore"], swiftSettings: strict),
        .target(name: "EdgeConfiguration", dependencies: ["EdgeCore"], swiftSettings: strict),
        .target(name: "EdgeTLS", dependencies: ["COpenSSL", "EdgeCore", "EdgeSystem", nioCore], swiftSettings: strict),
        .target(
            name: "EdgeUpstream",
            dependencies: ["CCurl", "CLinux", "EdgeCore", "EdgeSystem", nioCore],
            swiftSettings: strict
        ),
        .target(
            name: "EdgeRecords", dependencies: ["CLinux", "CZlib", "EdgeCore", "EdgeSystem"], swiftSettings: strict),
        .target(
            name: "EdgeServer",
            dependencies: [
                "CLinux", "EdgeCore", "EdgeRecords", "EdgeSystem", "EdgeTLS", "EdgeUpstream", nioCore, nioPosix,
                nioHTTP1, nioHTTP2, nioHPACK, logging,
            ],
            // The page of the admin listener, into the binary as it is.
            resources: [.embedInCode("Admin/Page")],
            swiftSettings: strict
        ),
        .target(
            name: "PlunkSandbox",
            dependencies: ["EdgeCore", "EdgeSystem", nioCore, nioPosix, nioHTTP1],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "plunk-edge",
            dependencies: [
                "EdgeConfiguration", "EdgeCore", "EdgeRecords", "EdgeServer", "EdgeSystem", "EdgeTLS", "EdgeUpstream",
                "PlunkSandbox",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                logging,
            ],
            swiftSettings: strict
        ),

        // Tests.
        .target(
            name: "EdgeTestSupport",
            dependencies: ["COpenSSL", "EdgeCore", nioCore, nioHPACK],
            path: "Tests/EdgeTestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeCoreTests", dependencies: ["EdgeCore", "EdgeTLS", "EdgeTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EdgeConfigurationTests",
            dependencies: ["EdgeConfiguration", "EdgeCore", "EdgeTestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeRecordsTests",
            dependencies: ["EdgeCore", "EdgeRecords", "EdgeSystem", "EdgeTestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeTLSTests",
            dependencies: ["COpenSSL", "EdgeCore", "EdgeTLS", "EdgeTestSupport", nioCore, nioEmbedded],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeUpstreamTests",
            dependencies: ["EdgeCore", "EdgeTestSupport", "EdgeUpstream", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeServerTests",
            dependencies: [
                "EdgeCore", "EdgeServer", "EdgeTestSupport", "EdgeUpstream", "EdgeRecords", nioCore, nioPosix,
                nioEmbedded, nioHTTP1, nioHPACK, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PlunkSandboxTests",
            dependencies: ["EdgeCore", "EdgeTestSupport", "PlunkSandbox", nioCore, nioPosix],
            swiftSettings: strict
        ),
        // Readers of foreign bytes, and what must hold of them: fed with their corpora here, by libFuzzer in Tests/Fuzz/run.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "EdgeConfiguration", "EdgeCore", "EdgeRecords", "EdgeServer", "EdgeSystem", "EdgeTLS",
                "EdgeTestSupport",
                "EdgeUpstream", nioCore, nioEmbedded, nioHPACK, logging,
            ],
            path: "Tests/Fuzz/Targets",
            swiftSettings: strict
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["EdgeTestSupport", "FuzzTargets"],
            path: "Tests/Fuzz/Tests",
            swiftSettings: strict
        ),
        // Runs the real binary; the product is built with it.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["EdgeCore", "EdgeTestSupport", "plunk-edge"],
            exclude: ["Clients/Programs"],
            swiftSettings: strict
        ),
    ]
)

// The fuzzer's program gets its `main` from libFuzzer and links only if all of it is built for that (Tests/Fuzz/run).
if Context.environment["PLUNK_EDGE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzz/Program",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}

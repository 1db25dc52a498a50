import EdgeTestSupport
import Foundation

/// A program that somebody else has written, as Debian packages it. `Tests/run` installs them all.
enum Tool: String {
    case bash = "/bin/bash"
    case curl = "/usr/bin/curl"
    case goaccess = "/usr/bin/goaccess"
    case gunzip = "/usr/bin/gunzip"
    case lnav = "/usr/bin/lnav"
    case logrotate = "/usr/sbin/logrotate"
    case caddy = "/usr/bin/caddy"
    case haproxy = "/usr/sbin/haproxy"
    case nginx = "/usr/sbin/nginx"
    case browser = "/usr/bin/chromium-headless-shell"
    case loader = "/usr/bin/h2load"
    case nghttp = "/usr/bin/nghttp"
    case openssl = "/usr/bin/openssl"
    case packager = "/usr/bin/dpkg-deb"
    case promtool = "/usr/bin/promtool"
    case python = "/usr/bin/python3"
    case scanner = "/usr/bin/sslscan"
    case terminal = "/usr/bin/script"
    case unitAnalyzer = "/usr/bin/systemd-analyze"

    /// The Debian package that has it.
    private var package: String {
        switch self {
        case .bash: "bash"
        case .curl: "curl"
        case .goaccess: "goaccess"
        case .gunzip: "gzip"
        case .lnav: "lnav"
        case .logrotate: "logrotate"
        case .caddy: "caddy"
        case .haproxy: "haproxy"
        case .nginx: "nginx"
        case .browser: "chromium-headless-shell"
        case .loader, .nghttp: "nghttp2-client"
        case .openssl: "openssl"
        case .packager: "dpkg"
        case .promtool: "prometheus"
        case .python: "python3"
        case .scanner: "sslscan"
        case .terminal: "bsdutils"
        case .unitAnalyzer: "systemd"
        }
    }

    /// Where it is.
    ///
    /// - Throws: what to install.
    var path: String {
        get throws {
            guard FileManager.default.isExecutableFile(atPath: rawValue) else {
                throw MissingTool(
                    description: "\(rawValue) is missing: install the Debian package \(package), as ./Tests/run does")
            }
            return rawValue
        }
    }

    func start(_ arguments: [String], input: String = "") throws -> ChildProcess {
        try ChildProcess(path, arguments, input: Array(input.utf8))
    }

    /// A program of the tests' own, in Python.
    static func program(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Programs/\(name)").path
    }

    private struct MissingTool: Error, CustomStringConvertible {
        let description: String
    }
}

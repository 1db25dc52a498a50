import Testing

/// What it takes to start one recipe in a test: in the foreground, without root, beside others, its log on stdout.
struct FrontRecipe: CustomTestStringConvertible, Sendable {
    /// In the comments of the recipes.
    static let socket = "/run/plunk-edge/edge.sock"
    private static let certbot = "/etc/letsencrypt/live/app.example.com"

    let file: String
    let tool: Tool
    /// The edge's address over a Unix domain socket, as the recipe's comment has it.
    let unixForm: String
    /// In the first line on stderr after it has begun to listen.
    let readyWord: String
    /// From the file and a folder.
    let arguments: @Sendable (String, String) -> [String]
    /// What is written, and what takes its place.
    let changes: @Sendable (FrontServer.Place) -> [(String, String)]

    var testDescription: String { file }

    static let nginx = FrontRecipe(
        file: "nginx.conf", tool: .nginx, unixForm: "unix:\(socket)", readyWord: "[notice]",
        arguments: { file, folder in
            // One process, so that none is left behind. Started by root, it would give up being root.
            let globals = "daemon off; master_process off; user root; pid \(folder)/pid; error_log stderr notice;"
            return ["-p", folder, "-e", "stderr", "-c", file, "-g", globals]
        },
        changes: { place in
            let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            let temporary = kinds.map { "\($0)_temp_path \(place.folder);" }.joined(separator: " ")
            return [
                ("http {", "http { \(temporary)"), ("/var/log/nginx/access.log", "/dev/stdout"),
                ("listen 443 ", "listen \(place.address):\(place.port) "),
                ("\(certbot)/fullchain.pem", "\(place.folder)/front.pem"),
                ("\(certbot)/privkey.pem", "\(place.folder)/front.key"),
            ]
        })

    static let caddy = FrontRecipe(
        file: "Caddyfile", tool: .caddy, unixForm: "unix/\(socket)", readyWord: "serving initial configuration",
        arguments: { file, _ in ["run", "--adapter", "caddyfile", "--config", file] },
        changes: { place in
            let globals = "{\n admin off\n auto_https off\n}\n"
            let certificate = "\(place.folder)/front.pem \(place.folder)/front.key"
            return [
                (
                    "\napp.example.com {",
                    "\n\(globals)https://app.example.com:\(place.port) {\n bind \(place.address)\n tls \(certificate)\n"
                ), ("output file /var/log/caddy/access.log", "output stdout"),
            ]
        })

    static let haproxy = FrontRecipe(
        file: "haproxy.cfg", tool: .haproxy, unixForm: "unix@\(socket)", readyWord: "Loading success",
        arguments: { file, _ in ["-W", "-db", "-f", file] },
        changes: { place in
            [
                ("log /dev/log local0", "log stdout format raw local0"),
                ("bind :443 ", "bind \(place.address):\(place.port) "),
                ("/etc/haproxy/app.example.com.pem", "\(place.folder)/front.both.pem"),
                ("check addr 127.0.0.1 port 9090 inter 2s", "check addr \(place.address) port 9090 inter 100ms"),
            ]
        })
}

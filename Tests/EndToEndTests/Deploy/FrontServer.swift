import EdgeTestSupport
import Foundation

/// A web server in front of the edge, run by a recipe of `deploy/recipes`. Ends with its last reference.
struct FrontServer {
    /// How it reaches the edge.
    enum Way: CaseIterable {
        case tcp, unix
    }

    /// Its standard output is its access log.
    let process: ChildProcess
    let place: Place

    /// Where it listens, and what for.
    struct Place {
        let host = "app.example.com"
        let port = 8443
        /// Of the many addresses of loopback one that is this test's alone, so that ports can be fixed ones.
        let address = "127.\((2...254).randomElement() ?? 2).\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
        /// With `front.pem` and `front.key`, for ``host``; room for what else it writes.
        let folder: String
    }

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - edge: `host:port`, or the path of a socket for ``Way/unix``.
    ///   - app: the port of 127.0.0.1 where everything else goes.
    init(_ recipe: FrontRecipe, over way: Way, edge: String, app: UInt16, at place: Place) throws {
        self.place = place
        let folder = place.folder
        let text = try Repository.file("deploy/recipes/\(recipe.file)")
        let edge = way == .tcp ? edge : recipe.unixForm.replacing(FrontRecipe.socket, with: edge)
        // What the recipe says of sockets in a comment is what is tried here.
        guard text.contains("\(recipe.unixForm)") else { throw Overdue("\(recipe.unixForm) in \(recipe.file)") }
        let changes = [("127.0.0.1:8080", edge), ("127.0.0.1:3000", "127.0.0.1:\(app)")] + recipe.changes(place)
        let own = try changes.reduce(text) { text, change in
            guard text.contains(change.0) else { throw Overdue("\(change.0) in \(recipe.file)") }
            return text.replacing(change.0, with: change.1)
        }
        let file = "\(folder)/\(recipe.file)"
        try Data(own.utf8).write(to: URL(fileURLWithPath: file))
        process = try ChildProcess(
            recipe.tool.path, recipe.arguments(file, folder), environment: ["HOME": folder, "XDG_DATA_HOME": folder])
        _ = try process.errors.waitForLine("\(recipe.file) to be in use") { line in
            line.contains(recipe.readyWord) ? true : nil
        }
    }
}

internal import EdgeCore

/// Finds keys by name, for messages about names that are not known where they stand.
extension SettingCatalog {
    /// Every key with the dotted path of the object that it belongs to (`upstream.timeouts`, `listeners[]`); the top's
    /// is empty.
    private static let places: [Place] = places(of: settings, in: "")

    private struct Place {
        var container: String
        var name: String
        var path: String
    }

    private static func places(of settings: [SettingDescription], in container: String) -> [Place] {
        settings.flatMap { setting -> [Place] in
            let path = join(container, setting.name)
            var inner = path
            if case .list = setting.shape { inner += "[]" }
            return [Place(container: container, name: setting.name, path: path)]
                + places(of: setting.shape.settings ?? [], in: inner)
        }
    }

    static func join(_ container: String, _ name: String) -> String {
        container.isEmpty ? name : "\(container).\(name)"
    }

    /// What to write instead of `name`, which `container` does not know: a key of the container or of what is in it
    /// rather than one from elsewhere.
    ///
    /// - Parameter near: names of the container's keys that `name` may be a misspelling of.
    static func suggestion(
        for name: String, in container: String, near: [String], knowing settings: [SettingDescription]
    ) -> String {
        if !near.isEmpty { return didYouMean(near.map { join(container, $0) }) }
        let beginning = container.isEmpty ? "" : container + "."
        let inside = places.filter { $0.container == container || $0.container.hasPrefix(beginning) }
        // What holds the container is not what belongs in it.
        let elsewhere = places.filter { !container.hasPrefix($0.path) }
        for candidates in [inside, elsewhere] {
            let homes = candidates.filter { $0.name == name }.map {
                $0.container.isEmpty ? "the top of the file" : "`\($0.container)`"
            }
            if !homes.isEmpty { return "`\(name)` belongs to \(homes.listed("or"))." }
        }
        let nearInside = Spelling.nearest(to: name, among: inside.map(\.name))
        var meant = inside.filter { nearInside.contains($0.name) }
        if meant.isEmpty { meant = inside.filter { Spelling.isShortened(name, from: $0.name) } }
        if meant.isEmpty, !container.isEmpty {
            let nearElsewhere = Spelling.nearest(to: name, among: elsewhere.map(\.name))
            meant = elsewhere.filter { nearElsewhere.contains($0.name) }
        }
        if !meant.isEmpty { return didYouMean(meant.map(\.path)) }
        if name.hasPrefix("//") || name.hasPrefix("_") || name.hasPrefix("#") {
            return "JSON has no comments; remove it."
        }
        return "Known here: \(settings.map(\.name).joined(separator: ", "))."
    }

    private static func didYouMean(_ paths: [String]) -> String {
        "Did you mean \(paths.map { "`\($0)`" }.listed("or"))?"
    }
}

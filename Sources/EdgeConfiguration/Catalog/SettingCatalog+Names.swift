/// Finds keys by name, for messages about names that are not known where they stand.
extension SettingCatalog {
    /// Every key with the dotted path of the object that it belongs to (`upstream.timeouts`, `listeners[]`); the top's
    /// is empty.
    private static let places: [(container: String, name: String)] = places(of: settings, in: "")

    private static func places(of settings: [SettingDescription], in container: String) -> [(String, String)] {
        settings.flatMap { setting -> [(String, String)] in
            var path = join(container, setting.name)
            if case .list = setting.shape { path += "[]" }
            return [(container, setting.name)] + places(of: setting.shape.settings ?? [], in: path)
        }
    }

    static func join(_ container: String, _ name: String) -> String {
        container.isEmpty ? name : "\(container).\(name)"
    }

    /// What to write instead of `name`, which `container` does not know.
    static func suggestion(for name: String, in container: String, knowing settings: [SettingDescription]) -> String {
        let names = settings.map(\.name)
        let near = Spelling.nearest(to: name, among: names)
        if !near.isEmpty { return didYouMean(near.map { join(container, $0) }) }
        let homes = places.filter { $0.name == name }.map {
            $0.container.isEmpty ? "the top of the file" : "`\($0.container)`"
        }
        if !homes.isEmpty { return "`\(name)` belongs to \(homes.listed("or"))." }
        let elsewhere = Set(Spelling.nearest(to: name, among: places.map(\.name)))
        let paths = places.filter { elsewhere.contains($0.name) }.map { join($0.container, $0.name) }
        if !paths.isEmpty { return didYouMean(paths) }
        if name.hasPrefix("//") || name.hasPrefix("_") || name.hasPrefix("#") {
            return "JSON has no comments; remove it."
        }
        return "Known here: \(names.joined(separator: ", "))."
    }

    private static func didYouMean(_ paths: [String]) -> String {
        "Did you mean \(paths.map { "`\($0)`" }.listed("or"))?"
    }
}

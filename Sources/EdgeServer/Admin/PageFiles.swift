enum PageFiles {
    static let x = PackageResources.index_html
}

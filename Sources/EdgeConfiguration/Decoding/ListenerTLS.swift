internal import EdgeCore

/// `tls` of a listener as it was read, with where each part stands.
struct ListenerTLS {
    var settings = TLSSettings(certificates: [])
    /// Whether every certificate and its key can be read.
    var isComplete = true
    /// Where each of the settings' certificates and names stands in the file, in bytes.
    var certificateOffsets: [Int] = []
    var nameOffsets: [Int] = []

    /// Where something stands, in bytes; nil for what is not in ``settings``.
    ///
    /// - Parameter address: the listener's.
    func offset(of place: CertificateFinding.Place, address: PositionedValue?) -> Int? {
        switch place {
        case .address: address?.offset
        case .certificate(let index): certificateOffsets.indices.contains(index) ? certificateOffsets[index] : nil
        case .name(let index): nameOffsets.indices.contains(index) ? nameOffsets[index] : nil
        }
    }
}

extension ConfigurationReader {
    /// - Parameter fields: of `tls`.
    func tls(_ fields: Fields) -> ListenerTLS {
        var tls = ListenerTLS()
        for files in fields.list("certificates") {
            let certificate = files["certificate"].flatMap {
                certificateFile($0, label: "CERTIFICATE", describedAs: "certificate")
            }
            let privateKey = files["privateKey"].flatMap {
                certificateFile($0, label: "PRIVATE KEY", describedAs: "private key")
            }
            guard let certificate, let privateKey, let place = files["certificate"] else {
                tls.isComplete = false
                continue
            }
            tls.settings.certificates.append(.init(certificate: certificate, privateKey: privateKey))
            tls.certificateOffsets.append(place.offset)
        }
        for value in fields.elements("names") ?? [] {
            guard let text = text(value, like: "app.example.com"),
                let name = attempt(at: value, { () throws(Complaint) in try ServerNameText.read(text) })
            else { continue }
            tls.settings.names.append(name)
            tls.nameOffsets.append(value.offset)
        }
        fields.read("minimumVersion", into: &tls.settings.minimumVersion)
        return tls
    }

    /// Reports what the inspector finds, each thing where it stands.
    ///
    /// - Parameters:
    ///   - address: of the listener; nil if it cannot be understood.
    ///   - value: where that stands.
    func inspect(_ tls: ListenerTLS, of address: ListenAddress?, at value: PositionedValue?) {
        var settings = tls.settings
        // The certificate that cannot be read may be the one for the name.
        if !tls.isComplete { settings.names = [] }
        for finding in inspector(settings, address) {
            guard let offset = tls.offset(of: finding.place, address: value) else { continue }
            let complaint = Complaint(finding.message, finding.suggestion)
            if finding.isError { report(complaint, at: offset) } else { warn(complaint, at: offset) }
        }
    }
}

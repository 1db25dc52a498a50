import EdgeTestSupport
import Foundation
import Testing

/// The manifests for Kubernetes and the recipe for Traefik, which are not started here: held to schemas and references.
@Suite(.serialized) struct ManifestTests {
    /// Something bad, and what is said of it.
    struct Fault: CustomTestStringConvertible, Sendable {
        let file: String
        let written: String
        let now: String
        let said: String

        var testDescription: String { said }
    }

    private static let folder = "deploy/kubernetes"
    private static let traefik = "deploy/recipes/traefik.yaml"

    static let faults = [
        Fault(
            file: "deployment.yaml", written: "periodSeconds: 10", now: "periodSecond: 10",
            said: "Additional properties are not allowed ('periodSecond' was unexpected)"),
        Fault(file: "hpa.yaml", written: "autoscaling/v2", now: "autoscaling/v2beta2", said: "Couldn't find schema"),
        Fault(
            file: "deployment.yaml", written: "readOnlyRootFilesystem: true", now: "readOnlyRootFilesystem: false",
            said: "plunk-edge may write to its root"),
        Fault(
            file: "deployment.yaml", written: "runAsNonRoot: true", now: "runAsNonRoot: false",
            said: "the pod may run as root"),
        Fault(
            file: "deployment.yaml", written: "drop: [\"ALL\"]", now: "drop: []", said: "plunk-edge has capabilities"),
        Fault(
            file: "deployment.yaml", written: "runAsUser: 65532", now: "runAsUser: 1000",
            said: "the pod runs as another user than the Dockerfile says"),
        Fault(file: "service.yaml", written: "targetPort: http", now: "targetPort: web", said: "leads to a port web"),
        Fault(
            file: "pdb.yaml", written: "minAvailable: 1", now: "minAvailable: 2",
            said: "the disruption budget lets no pod go"),
        Fault(
            file: "config.json", written: #""drain": "20s""#, now: #""drain": "30s""#,
            said: "a pod is killed after 35 s, and may need 35 s to end"),
        Fault(file: "config.json", written: "0.0.0.0:9090", now: "0.0.0.0:9091", said: "config.json listens on"),
    ]

    @Test("The manifests for Kubernetes are what its published schemas and the restricted standard want")
    func manifests() throws { #expect(try check(Self.folder) == (0, "kubernetes is as it should be\n")) }

    @Test("What is wrong with a manifest is named", arguments: faults)
    func fault(_ fault: Fault) throws {
        let copy = try TemporaryFolder()
        for path in try Repository.files(in: Self.folder) where !path.hasSuffix(".md") {
            let name = String(path.dropFirst(Self.folder.count + 1))
            let text = try Repository.file(path)
            if name == fault.file { try #require(text.contains(fault.written)) }
            let own = name == fault.file ? text.replacing(fault.written, with: fault.now) : text
            _ = try copy.write(name, Array(own.utf8))
        }
        let (status, said) = try check(copy.path)
        #expect(status == 1)
        #expect(said.contains(fault.said), "\(said)")
    }

    @Test("The recipe for Traefik has keys of Traefik's, and what it refers to")
    func traefikRecipe() throws {
        #expect(try check(Self.traefik) == (0, "traefik.yaml is as it should be\n"))
        let copy = try TemporaryFolder()
        let changed = try Repository.file(Self.traefik)
            .replacing("passHostHeader:", with: "passHost:").replacing("service: app", with: "service: apple")
        let (status, said) = try check(try copy.write("traefik.yaml", Array(changed.utf8)))
        #expect(status == 1)
        #expect(said.contains(".http.services.plunk-edge.loadBalancer.passHost is no key of Traefik's"))
        #expect(said.contains("router app: no apple among services"))
    }

    @Test(
        "The configurations of the image and of the pods pass the edge's own check",
        arguments: ["deploy/container/config.json", "deploy/kubernetes/config.json"])
    func configuration(path: String) throws {
        let process = try ChildProcess(
            EdgeProcess.binary, ["check", "--config", Repository.path(path)],
            environment: ["PLUNK_PUBLIC_KEY": Planted.publicKey])
        let said = try process.output.waitForEnd()
        #expect(try process.waitForExit() == 0, "\(said)")
        // That keys come in clear text: TLS ends before the pod.
        #expect(said.hasSuffix("config.json: 1 warning\n"))
    }

    private func check(_ place: String) throws -> (status: ChildProcess.Status, said: String) {
        let path = place.hasPrefix("/") ? place : Repository.path(place)
        let script = try Tool.python.start([Repository.path("Tests/check-manifests"), path])
        // The first time it installs what it needs.
        let status = try script.waitForExit(atMost: .seconds(300))
        return (status, try script.output.waitForEnd() + script.errors.waitForEnd())
    }
}

/// One version of the configuration, shared by every loop and by the requests that began with it.
package final class Snapshot: Sendable {
    package let settings: EdgeSettings

    package init(_ settings: EdgeSettings) { self.settings = settings }

    package var policy: Policy { settings.policy }
}

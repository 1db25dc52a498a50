/// One version of the configuration, shared by every loop and by the requests that began with it.
///
/// On the way of a request its parts are named by their whole path, `snapshot.settings.policy.body`: a variable or a
/// property in between would copy everything, a retain for each array.
package final class Snapshot: Sendable {
    package let settings: EdgeSettings

    package init(_ settings: EdgeSettings) { self.settings = settings }
}

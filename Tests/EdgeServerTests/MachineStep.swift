/// What happens to a machine, what it wants done about it, and how it is then.
struct MachineStep<Event: Sendable, Action: Sendable, State: Sendable>: Sendable {
    var event: Event
    var action: Action
    var state: State

    init(_ event: Event, _ action: Action, _ state: State) {
        (self.event, self.action, self.state) = (event, action, state)
    }
}

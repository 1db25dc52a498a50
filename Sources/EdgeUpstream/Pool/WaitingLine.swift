/// Requests in the order of their arrival. Leaving from the front costs the same however long the line is.
struct WaitingLine<Request: Equatable> {
    private var requests: [Request?] = []
    /// Everything before it has left.
    private var front = 0
    private(set) var count = 0

    mutating func append(_ request: Request) {
        requests.append(request)
        count += 1
    }

    mutating func popFirst() -> Request? {
        while front < requests.count {
            let request = requests[front]
            requests[front] = nil
            front += 1
            if let request {
                count -= 1
                compact()
                return request
            }
        }
        compact()
        return nil
    }

    mutating func remove(_ request: Request) {
        guard let index = requests[front...].firstIndex(of: request) else { return }
        // Without a hole: clients that come and go must not make the line longer than it is.
        requests.remove(at: index)
        count -= 1
    }

    mutating func removeAll(where isRemoved: (Request) -> Bool) -> [Request] {
        let all = requests[front...].compactMap(\.self)
        requests = all.filter { !isRemoved($0) }
        (front, count) = (0, requests.count)
        return all.filter(isRemoved)
    }

    /// Gives the places at the front back once they are the greater part.
    private mutating func compact() {
        guard front * 2 > requests.count else { return }
        requests.removeFirst(front)
        front = 0
    }
}

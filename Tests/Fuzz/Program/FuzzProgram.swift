import FuzzTargets
import Glibc

// libFuzzer's two entry points (https://llvm.org/docs/LibFuzzer.html). PLUNK_EDGE_FUZZ_TARGET names the target; the
// command line is libFuzzer's own.

/// The target of this run. Written once, before the first input, by the one thread that libFuzzer has.
nonisolated(unsafe) private var target: (any FuzzTarget.Type)?

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
    let name = getenv("PLUNK_EDGE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    target = FuzzTargets.named(name)
    guard target != nil else {
        let known = FuzzTargets.all.map { $0.name }.joined(separator: ", ")
        fatalError("PLUNK_EDGE_FUZZ_TARGET is \"\(name)\", which is none of \(known)")
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        try target?.check(input)
    } catch {
        // libFuzzer keeps the input of a run that ends so.
        fatalError("\(error)")
    }
    return 0
}

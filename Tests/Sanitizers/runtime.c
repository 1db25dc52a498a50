// What Swift's runtime libraries do, told to ThreadSanitizer. They are not built with it, and speak to it of most of what
// orders threads, but not of all; what they leave out would be reported as races of ours. These functions stand in front
// of the libraries' own, by their names and calling conventions. `Tests/sanitize thread` links them in, and its gates
// fail once they no longer fit.

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define ASYNC __attribute__((swiftasynccall))
#define CONTEXT __attribute__((swift_async_context))

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

// MARK: A Mutex on which threads meet. A free one is taken and given back by atomics in our own code, which are seen.

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static SWIFT void (*library_lock)(uint32_t thread, SELF void *handle);
static SWIFT bool (*library_try_lock)(SELF void *handle);
static SWIFT void (*library_unlock)(SELF void *handle);

SWIFT void lock(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT bool try_lock(SELF void *handle) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *handle) __asm__(UNLOCK);

SWIFT void lock(uint32_t thread, SELF void *handle) {
    library_lock(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool try_lock(SELF void *handle) {
    if (!library_try_lock(handle)) return false;
    __tsan_acquire(handle);
    return true;
}

SWIFT void unlock(SELF void *handle) {
    __tsan_release(handle);
    library_unlock(handle);
}

// MARK: A continuation that another thread has resumed before its task waits for it. Who resumes releases the task; who
// waits in vain goes on at once, in the function that the context names, without having acquired it.

typedef struct Continuation {
    void *parent;
    ASYNC void (*resume)(CONTEXT struct Continuation *continuation);
    uintptr_t flags;
} Continuation;

typedef ASYNC void (*Resume)(CONTEXT Continuation *continuation);

// The task may then go on on another thread (ContinuationAsyncContext in the runtime).
static const uintptr_t switches_executor = 2;

static ASYNC void (*library_await)(Continuation *continuation);
static _Thread_local Resume resume;

extern SWIFT void *swift_task_getCurrent(void);

static ASYNC void acquire_and_resume(CONTEXT Continuation *continuation) {
    __tsan_acquire(swift_task_getCurrent());
    return resume(continuation);
}

ASYNC void swift_continuation_await(Continuation *continuation) {
    if (!(continuation->flags & switches_executor)) {
        resume = continuation->resume;
        continuation->resume = acquire_and_resume;
    }
    return library_await(continuation);
}

// Before main, so that no thread has to look them up.
__attribute__((constructor)) static void find(void) {
    library_lock = dlsym(RTLD_NEXT, LOCK);
    library_try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
    library_unlock = dlsym(RTLD_NEXT, UNLOCK);
    library_await = dlsym(RTLD_NEXT, "swift_continuation_await");
}

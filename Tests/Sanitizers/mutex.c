// What Swift's Mutex does when threads meet, told to ThreadSanitizer.
//
// A free Mutex is taken and given back by atomics in our own code, which ThreadSanitizer sees. A contended one changes
// hands inside libswiftSynchronization, which is not built with it, and every such meeting would be reported as a race.
// These functions stand in front of the library's and say what they do. `Tests/sanitize` links them in; both sides speak
// Swift's calling convention, and the handle comes in its context register.

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT bool tryLock(SELF void *handle) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *handle) __asm__(UNLOCK);

static SWIFT void (*librarysLock)(uint32_t thread, SELF void *handle);
static SWIFT bool (*librarysTryLock)(SELF void *handle);
static SWIFT void (*librarysUnlock)(SELF void *handle);

// Before main, so that no thread has to look them up.
__attribute__((constructor)) static void find(void) {
    librarysLock = dlsym(RTLD_NEXT, LOCK);
    librarysTryLock = dlsym(RTLD_NEXT, TRY_LOCK);
    librarysUnlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock(uint32_t thread, SELF void *handle) {
    librarysLock(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool tryLock(SELF void *handle) {
    if (!librarysTryLock(handle)) return false;
    __tsan_acquire(handle);
    return true;
}

SWIFT void unlock(SELF void *handle) {
    __tsan_release(handle);
    librarysUnlock(handle);
}

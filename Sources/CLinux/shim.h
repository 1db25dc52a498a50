#pragma once

// What Glibc's Swift module leaves out. _GNU_SOURCE is not defined here: with it some types would differ from Glibc's.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

/// How many processors this process may run on (sched_getaffinity(2)); 1 when the kernel will not say.
static inline int edge_usable_processors(void) {
    extern long syscall(long number, ...);
    unsigned long mask[128] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof mask[0]; word++) count += __builtin_popcountl(mask[word]);
    return count > 0 ? count : 1;
}

/// Names a thread for `ps` and debuggers, in at most 15 bytes (pthread_setname_np(3)).
static inline void edge_name_thread(pthread_t thread, const char *name) {
    extern int pthread_setname_np(pthread_t thread, const char *name);
    pthread_setname_np(thread, name);
}

/// The kernel writes no core dump of this process, and lets only root look into it (prctl(2), PR_SET_DUMPABLE).
static inline int edge_forbid_looking_in(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// The calling thread, and every one that it starts, can never get rights by running a program (prctl(2),
/// PR_SET_NO_NEW_PRIVS).
static inline int edge_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/// Renames a file to a name that must not be taken, else EEXIST (renameat2(2), RENAME_NOREPLACE). On a file system that
/// cannot promise it, the name is looked at first.
static inline int edge_rename_to_free_name(const char *from, const char *to) {
    extern long syscall(long number, ...);
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

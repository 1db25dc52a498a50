#pragma once

// What Glibc's Swift module leaves out. _GNU_SOURCE is not defined here: with it some types would differ from Glibc's.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
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

#pragma once

// What Glibc's Swift module leaves out.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>

/// How many processors this process may run on (sched_getaffinity(2)); 1 when the kernel will not say.
static inline int edge_usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

/// Names a thread for `ps` and debuggers, in at most 15 bytes (pthread_setname_np(3)).
static inline void edge_name_thread(pthread_t thread, const char *name) {
    pthread_setname_np(thread, name);
}

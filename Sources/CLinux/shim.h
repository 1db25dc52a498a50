#pragma once

// What Glibc's Swift module leaves out. _GNU_SOURCE is not defined here: with it some types would differ from Glibc's.
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

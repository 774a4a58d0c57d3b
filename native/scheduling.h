/* How the kernel describes a thread's scheduling. */
#ifndef HOLDFAST_SCHEDULING_H
#define HOLDFAST_SCHEDULING_H

#include <stdint.h>

/* The first version of the kernel's struct sched_attr: C libraries older than that have none. */
typedef struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
} SchedAttributes;

/* Of one thread, 0 for the calling one; -1 with errno. */
int sched_attributes_get(int tid, SchedAttributes *attributes);
int sched_attributes_set(int tid, const SchedAttributes *attributes);

#endif

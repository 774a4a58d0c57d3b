/*
 * Packets that are sent again and again, by a thread of their own: it sends in time when JavaScript is late for a collection, a long turn or a processor.
 *
 * Who asks for it has a slot: a duplicate of its descriptor, an address, and what is sent while the slot does not rest.
 *
 * The dead man's limit: the thread must not speak for a JavaScript that will never speak again. It sends until an instant that `pacer_renew` moves on, and
 * then is silent until it is moved on again.
 */
#ifndef HOLDFAST_PACER_H
#define HOLDFAST_PACER_H

#include <stddef.h>
#include <stdint.h>

#define PACER_MOST_BYTES 128
#define PACER_MOST_ADDRESS 128

typedef struct Pacer Pacer;

/* Times are CLOCK_MONOTONIC in ns; each interval is between both, by chance. */
typedef struct {
    /* When the last packet left that the pacer does not know of: the first interval counts from there. */
    int64_t since;
    int64_t shortest, longest;
} PacerTiming;

typedef struct {
    uint64_t sent, failed;
    /* Of the last that failed; 0 when none did. */
    int error;
    /* When the last one left; 0 when none did. */
    int64_t last;
} PacerCount;

/* Results are 0 or more, or -errno; -EBADF for a slot that nobody has. When one comes back, nothing leaves any more that it has changed or ended. */
int pacer_begin(Pacer **out);
/* Ends the thread and closes everything. */
void pacer_finish(Pacer *pacer);
/* A slot's number; it rests. */
int pacer_add(Pacer *pacer, int fd, const uint8_t *address, size_t length);
int pacer_set(Pacer *pacer, int index, const uint8_t *bytes, size_t length, PacerTiming timing);
int pacer_rest(Pacer *pacer, int index);
int pacer_read(Pacer *pacer, int index, PacerCount *out);
int pacer_remove(Pacer *pacer, int index);
/* How many packets failed so far, in all slots. */
int64_t pacer_renew(Pacer *pacer, int64_t until);

#endif

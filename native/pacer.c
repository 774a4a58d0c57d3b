/*
 * The thread that pacer.h tells of. It neither calls Node-API nor allocates memory, and waits for one condition only.
 *
 * The lock covers all but the limit, sending included.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "pacer.h"
#include "scheduling.h"

#define MOST_SLOTS 65536
#define FIRST_SLOTS 16
#define RESTS UINT32_MAX
#define FOREVER (-1)

typedef struct {
    /* -1: nobody has the slot */
    int fd;
    /* Where it is in the heap, or RESTS */
    uint32_t place;
    uint32_t length;
    socklen_t address_length;
    uint8_t bytes[PACER_MOST_BYTES];
    uint8_t address[PACER_MOST_ADDRESS];
    PacerTiming timing;
    int64_t due;
    PacerCount count;
} Slot;

struct Pacer {
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t changed;
    /* The thread that began it */
    int beginner;
    Slot *slots;
    /* Slots that do not rest, the one that is due first on top */
    uint32_t *heap;
    uint32_t room, waiting;
    uint64_t chance;
    bool ending;
    _Atomic int64_t until;
    /* The thread waits for the limit to be moved on. */
    atomic_bool lapsed;
    _Atomic int64_t failures;
};

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void put(Pacer *pacer, uint32_t place, uint32_t index) {
    pacer->heap[place] = index;
    pacer->slots[index].place = place;
}

static bool is_earlier(const Pacer *pacer, uint32_t left, uint32_t right) {
    return pacer->slots[left].due < pacer->slots[right].due;
}

/* Puts a slot where it belongs in the heap, from a place that is free. */
static void settle(Pacer *pacer, uint32_t place, uint32_t index) {
    while (place > 0 && is_earlier(pacer, index, pacer->heap[(place - 1) / 2])) {
        put(pacer, place, pacer->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child + 1 < pacer->waiting && is_earlier(pacer, pacer->heap[child + 1], pacer->heap[child])) child++;
        if (child >= pacer->waiting || !is_earlier(pacer, pacer->heap[child], index)) break;
        put(pacer, place, pacer->heap[child]);
        place = child;
    }
    put(pacer, place, index);
}

static void rest(Pacer *pacer, uint32_t index) {
    uint32_t place = pacer->slots[index].place;
    if (place == RESTS) return;
    pacer->slots[index].place = RESTS;
    uint32_t last = pacer->heap[--pacer->waiting];
    if (last != index) settle(pacer, place, last);
}

/* Evenly by chance (Marsaglia's xorshift): good enough to keep senders out of step. */
static int64_t interval_of(Pacer *pacer, const Slot *slot) {
    pacer->chance ^= pacer->chance << 13;
    pacer->chance ^= pacer->chance >> 7;
    pacer->chance ^= pacer->chance << 17;
    uint64_t span = (uint64_t)(slot->timing.longest - slot->timing.shortest) + 1;
    return slot->timing.shortest + (int64_t)((unsigned __int128)pacer->chance * span >> 64);
}

/* An interval counts from when the last packet really left: two of them never come closer to each other for one that was late. */
static void send_slot(Pacer *pacer, uint32_t index) {
    Slot *slot = &pacer->slots[index];
    const struct sockaddr *address = slot->address_length == 0 ? NULL : (const struct sockaddr *)slot->address;
    slot->count.last = now_ns();
    if (sendto(slot->fd, slot->bytes, slot->length, MSG_DONTWAIT | MSG_NOSIGNAL, address, slot->address_length) < 0) {
        slot->count.error = errno;
        slot->count.failed++;
        atomic_fetch_add(&pacer->failures, 1);
    } else {
        slot->count.sent++;
    }
    slot->due = slot->count.last + interval_of(pacer, slot);
    settle(pacer, slot->place, index);
}

/* Whether the limit is over. Who moves it on looks at `lapsed` afterwards, and we at the limit after `lapsed`: one of both sees the other. */
static bool is_over(Pacer *pacer, int64_t now) {
    bool over = now >= atomic_load(&pacer->until);
    atomic_store(&pacer->lapsed, over);
    return over && now >= atomic_load(&pacer->until);
}

/* Sends what is due by now, each slot once. Returns how long there is nothing to do. */
static int64_t serve(Pacer *pacer) {
    int64_t now = now_ns();
    if (pacer->waiting == 0 || is_over(pacer, now)) return FOREVER;
    while (pacer->slots[pacer->heap[0]].due <= now) send_slot(pacer, pacer->heap[0]);
    int64_t wait = pacer->slots[pacer->heap[0]].due - now_ns();
    return wait > 0 ? wait : 0;
}

/* Priorities need not be inherited. What the beginner has, it could give itself, and so can we. */
static void schedule_like(int beginner) {
    SchedAttributes attributes;
    if (sched_attributes_get(beginner, &attributes) == 0) sched_attributes_set(0, &attributes);
}

static void run(void *data) {
    Pacer *pacer = data;
    prctl(PR_SET_NAME, "pacer", 0L, 0L, 0L);
    uv_mutex_lock(&pacer->lock);
    schedule_like(pacer->beginner);
    while (!pacer->ending) {
        int64_t wait = serve(pacer);
        if (wait == FOREVER) {
            uv_cond_wait(&pacer->changed, &pacer->lock);
        } else {
            uv_cond_timedwait(&pacer->changed, &pacer->lock, (uint64_t)wait);
        }
    }
    uv_mutex_unlock(&pacer->lock);
}

/* Signals are for other threads. */
static int start_thread(Pacer *pacer) {
    sigset_t all, former;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &former);
    int result = uv_thread_create(&pacer->thread, run, pacer);
    sigprocmask(SIG_SETMASK, &former, NULL);
    return result;
}

static void release(Pacer *pacer) {
    uv_cond_destroy(&pacer->changed);
    uv_mutex_destroy(&pacer->lock);
    free(pacer->slots);
    free(pacer->heap);
    free(pacer);
}

int pacer_begin(Pacer **out) {
    Pacer *pacer = calloc(1, sizeof *pacer);
    if (pacer == NULL) return -ENOMEM;
    if (syscall(SYS_getrandom, &pacer->chance, sizeof pacer->chance, 0) < 0 || pacer->chance == 0) pacer->chance = (uint64_t)now_ns();
    pacer->beginner = (int)syscall(SYS_gettid);
    uv_mutex_init(&pacer->lock);
    uv_cond_init(&pacer->changed);
    int result = start_thread(pacer);
    if (result < 0) {
        release(pacer);
        return result;
    }
    *out = pacer;
    return 0;
}

void pacer_finish(Pacer *pacer) {
    uv_mutex_lock(&pacer->lock);
    pacer->ending = true;
    uv_cond_signal(&pacer->changed);
    uv_mutex_unlock(&pacer->lock);
    uv_thread_join(&pacer->thread);
    for (uint32_t i = 0; i < pacer->room; i++) {
        if (pacer->slots[i].fd >= 0) close(pacer->slots[i].fd);
    }
    release(pacer);
}

static bool grow(Pacer *pacer) {
    uint32_t room = pacer->room == 0 ? FIRST_SLOTS : 2 * pacer->room;
    if (room > MOST_SLOTS) return false;
    uint32_t *heap = realloc(pacer->heap, room * sizeof *heap);
    if (heap != NULL) pacer->heap = heap;
    Slot *slots = heap == NULL ? NULL : realloc(pacer->slots, room * sizeof *slots);
    if (slots == NULL) return false;
    pacer->slots = slots;
    for (; pacer->room < room; pacer->room++) slots[pacer->room].fd = -1;
    return true;
}

/* A slot that nobody has, or -1. */
static int free_slot(Pacer *pacer) {
    uint32_t index = 0;
    while (index < pacer->room && pacer->slots[index].fd >= 0) index++;
    return index < pacer->room || grow(pacer) ? (int)index : -1;
}

int pacer_add(Pacer *pacer, int fd, const uint8_t *address, size_t length) {
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) return -errno;
    uv_mutex_lock(&pacer->lock);
    int index = free_slot(pacer);
    if (index >= 0) {
        Slot *slot = &pacer->slots[index];
        *slot = (Slot){.fd = own, .place = RESTS, .address_length = (socklen_t)length};
        if (length > 0) memcpy(slot->address, address, length);
    }
    uv_mutex_unlock(&pacer->lock);
    if (index < 0) close(own);
    return index < 0 ? -ENOMEM : index;
}

/* Locks the pacer for a slot that somebody has; NULL and not locked when nobody has it. */
static Slot *lock_slot(Pacer *pacer, int index) {
    uv_mutex_lock(&pacer->lock);
    if (index >= 0 && (uint32_t)index < pacer->room && pacer->slots[index].fd >= 0) return &pacer->slots[index];
    uv_mutex_unlock(&pacer->lock);
    return NULL;
}

int pacer_set(Pacer *pacer, int index, const uint8_t *bytes, size_t length, PacerTiming timing) {
    Slot *slot = lock_slot(pacer, index);
    if (slot == NULL) return -EBADF;
    memcpy(slot->bytes, bytes, length);
    slot->length = (uint32_t)length;
    slot->timing = timing;
    slot->due = (timing.since > slot->count.last ? timing.since : slot->count.last) + interval_of(pacer, slot);
    settle(pacer, slot->place == RESTS ? pacer->waiting++ : slot->place, (uint32_t)index);
    if (slot->place == 0) uv_cond_signal(&pacer->changed);
    uv_mutex_unlock(&pacer->lock);
    return 0;
}

int pacer_rest(Pacer *pacer, int index) {
    if (lock_slot(pacer, index) == NULL) return -EBADF;
    rest(pacer, (uint32_t)index);
    uv_mutex_unlock(&pacer->lock);
    return 0;
}

int pacer_read(Pacer *pacer, int index, PacerCount *out) {
    Slot *slot = lock_slot(pacer, index);
    if (slot == NULL) return -EBADF;
    *out = slot->count;
    uv_mutex_unlock(&pacer->lock);
    return 0;
}

int pacer_remove(Pacer *pacer, int index) {
    Slot *slot = lock_slot(pacer, index);
    if (slot == NULL) return -EBADF;
    rest(pacer, (uint32_t)index);
    close(slot->fd);
    slot->fd = -1;
    uv_mutex_unlock(&pacer->lock);
    return 0;
}

int64_t pacer_renew(Pacer *pacer, int64_t until) {
    atomic_store(&pacer->until, until);
    if (atomic_load(&pacer->lapsed)) {
        uv_mutex_lock(&pacer->lock);
        uv_cond_signal(&pacer->changed);
        uv_mutex_unlock(&pacer->lock);
    }
    return atomic_load(&pacer->failures);
}

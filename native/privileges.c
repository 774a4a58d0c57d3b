/* Capabilities: of the calling thread, and of a process about to begin. */
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "holdfast.h"
#include "privileges.h"

/* Older headers lack them; the same on every machine. */
#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif
#ifndef SECBIT_NOROOT
#define SECBIT_NOROOT 1
#endif
#define LAST_CAPABILITY 63

typedef struct {
    uint64_t effective, permitted, inheritable;
} CapabilitySets;

/* By system call: libcap would be one more library for two calls. */
static bool write_sets(CapabilitySets sets) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    for (int word = 0; word < 2; word++) {
        data[word].effective = (uint32_t)(sets.effective >> (32 * word));
        data[word].permitted = (uint32_t)(sets.permitted >> (32 * word));
        data[word].inheritable = (uint32_t)(sets.inheritable >> (32 * word));
    }
    return syscall(SYS_capset, &header, data) == 0;
}

static bool read_sets(CapabilitySets *sets) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    if (syscall(SYS_capget, &header, data) < 0) return false;
    sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
    sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return true;
}

static bool set_securebits(long wanted) {
    int now = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);
    /* Even to write what is there already takes a capability. */
    return now >= 0 && ((long)now == wanted || prctl(PR_SET_SECUREBITS, wanted, 0L, 0L, 0L) == 0);
}

static bool narrow_bounding_set(uint64_t kept) {
    for (long number = 0; number <= LAST_CAPABILITY; number++) {
        int held = prctl(PR_CAPBSET_READ, number, 0L, 0L, 0L);
        if (held < 0) return true;
        if (held == 1 && (kept >> number & 1) == 0 && prctl(PR_CAPBSET_DROP, number, 0L, 0L, 0L) < 0) return false;
    }
    return true;
}

bool privileges_before_user(const Privileges *wanted) {
    CapabilitySets sets;
    if (wanted->bounding != ANY_CAPABILITIES && !narrow_bounding_set((uint64_t)wanted->bounding)) return false;
    if (wanted->reset) {
        if (!set_securebits(0) || !read_sets(&sets)) return false;
        sets.inheritable = 0;
        if (!write_sets(sets)) return false;
    }
    /* Without that bit root gets back at exec what was taken from it. */
    if (wanted->no_root && !set_securebits(SECBIT_NOROOT)) return false;
    return wanted->capabilities == ANY_CAPABILITIES || prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) == 0;
}

bool privileges_after_user(const Privileges *wanted) {
    if (wanted->capabilities != ANY_CAPABILITIES) {
        uint64_t kept = (uint64_t)wanted->capabilities;
        CapabilitySets sets = {kept, kept, kept};
        if (!write_sets(sets) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) < 0) return false;
        for (long number = 0; number <= LAST_CAPABILITY; number++) {
            if ((kept >> number & 1) != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0L, 0L) < 0) return false;
        }
    }
    return !wanted->no_new || prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0;
}

/* A BigInt would be exact too, but numbers below 2^53 hold every capability that there is. */
static napi_value do_keep_capabilities(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    double mask = arg_number(&call, 0);
    if (call.bad) return NULL;
    if (!(mask >= 0 && mask <= MOST_CAPABILITIES) || mask != (double)(int64_t)mask) return call_throw(&call, "argument 1: expected a natural number");
    CapabilitySets sets = {(uint64_t)mask, (uint64_t)mask, 0};
    return reply_errno(env, write_sets(sets) ? 0 : -1);
}

static napi_value do_permitted_capabilities(napi_env env, napi_callback_info info) {
    (void)info;
    CapabilitySets sets;
    return reply_errno(env, read_sets(&sets) ? (int64_t)sets.permitted : -1);
}

void define_privileges(napi_env env, napi_value exports) {
    define_function(env, exports, "keepCapabilities", do_keep_capabilities);
    define_function(env, exports, "permittedCapabilities", do_permitted_capabilities);
}

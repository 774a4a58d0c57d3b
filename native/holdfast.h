/*
 * Shared by the addon's sources: reading arguments, giving results, state of one environment.
 *
 * Rules: system errors are results (-errno), TypeErrors are programming errors and come before the system call; no pointer of the caller's is kept
 * across calls, except by batches, which own their memory; no static mutable data (signals.c explains its exception).
 */
#ifndef HOLDFAST_H
#define HOLDFAST_H

#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

_Static_assert(sizeof(void *) == 8, "64-bit machines only: kernel structures are laid out for them");

#define MAX_ARGUMENTS 8

/* One call from JavaScript. `bad` is set, and an exception pending, as soon as an argument is wrong. */
typedef struct {
    napi_env env;
    napi_value values[MAX_ARGUMENTS];
    bool bad;
} Call;

typedef struct {
    uint8_t *data;
    size_t length;
} Bytes;

struct Poller;
struct Pacer;

/* What one environment (the main thread's, or a Worker's) holds. */
typedef struct {
    uv_loop_t *loop;
    napi_async_cleanup_hook_handle hook;
    struct Poller *pollers;
    /* NULL until something is to be sent by it */
    struct Pacer *pacer;
    /* watched[fd] is 1 while a poller is open on it */
    uint8_t *watched;
    size_t watched_size;
    bool closing;
    bool hook_done;
    bool finalized;
} EnvState;

Call call_begin(napi_env env, napi_callback_info info);
napi_value call_throw(Call *call, const char *message);
int arg_int(Call *call, int index);
double arg_number(Call *call, int index);
bool arg_is_number(Call *call, int index);
bool arg_bool(Call *call, int index);
Bytes arg_bytes(Call *call, int index);
Bytes arg_bytes_or_null(Call *call, int index);
/* Arguments index, index + 1, index + 2: a buffer, an offset and a length within it. */
Bytes arg_range(Call *call, int index);
/* An Int32Array or Float64Array of at least `least` elements. */
int32_t *arg_int32s(Call *call, int index, size_t least);
/* The same, of which all elements may be used. */
int32_t *arg_int32s_counted(Call *call, int index, size_t least, size_t *length);
double *arg_doubles(Call *call, int index, size_t least);
/* Copies a string without NUL characters; false when bad. */
bool arg_text(Call *call, int index, char *out, size_t size);

napi_value reply(napi_env env, int64_t value);
/* -errno when result is negative. */
napi_value reply_errno(napi_env env, int64_t result);
EnvState *env_state(napi_env env);
void define_function(napi_env env, napi_value exports, const char *name, napi_callback function);

bool poller_watches(EnvState *state, int fd);
/* Closes all pollers and then lets go of the environment's clean-up. */
void pollers_end(EnvState *state);
void pacing_end(EnvState *state);
void env_state_release(EnvState *state);

void define_sockets(napi_env env, napi_value exports);
void define_batches(napi_env env, napi_value exports);
void define_pollers(napi_env env, napi_value exports);
void define_epoll(napi_env env, napi_value exports);
void define_pacing(napi_env env, napi_value exports);
void define_files(napi_env env, napi_value exports);
void define_processes(napi_env env, napi_value exports);
void define_privileges(napi_env env, napi_value exports);
void define_spawn(napi_env env, napi_value exports);
void define_signals(napi_env env, napi_value exports);
void define_exec(napi_env env, napi_value exports);
void define_constants(napi_env env, napi_value exports);
void define_error_names(napi_env env, napi_value exports);

#endif

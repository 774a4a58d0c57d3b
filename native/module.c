/* The addon's entry: state of one environment, and what is exported. */
#include <stdlib.h>

#include "holdfast.h"

#ifndef HOLDFAST_SOURCE_SHA256
#define HOLDFAST_SOURCE_SHA256 ""
#endif
#ifdef __GLIBC__
#define LIBC_NAME "glibc"
#else
#define LIBC_NAME "musl"
#endif

EnvState *env_state(napi_env env) {
    void *data = NULL;
    napi_get_instance_data(env, &data);
    return data;
}

/* The cleanup hook and the finaliser come in either order; the later one frees. */
void env_state_release(EnvState *state) {
    if (!state->hook_done || !state->finalized) return;
    free(state->watched);
    free(state);
}

static void finalize_state(napi_env env, void *data, void *hint) {
    (void)env, (void)hint;
    EnvState *state = data;
    state->finalized = true;
    env_state_release(state);
}

/* The environment ends: called by Node on its thread. */
static void end_environment(napi_async_cleanup_hook_handle hook, void *data) {
    (void)hook;
    EnvState *state = data;
    pacing_end(state);
    pollers_end(state);
}

static void define_build_info(napi_env env, napi_value exports) {
    napi_value info, value;
    napi_create_object(env, &info);
    napi_create_string_utf8(env, HOLDFAST_SOURCE_SHA256, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, info, "sourceSha256", value);
    napi_create_int32(env, NAPI_VERSION, &value);
    napi_set_named_property(env, info, "nodeApi", value);
    napi_create_string_utf8(env, LIBC_NAME, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, info, "libc", value);
    napi_set_named_property(env, exports, "buildInfo", info);
}

static napi_value init(napi_env env, napi_value exports) {
    EnvState *state = calloc(1, sizeof *state);
    if (state == NULL || napi_get_uv_event_loop(env, &state->loop) != napi_ok ||
        napi_set_instance_data(env, state, finalize_state, NULL) != napi_ok) {
        free(state);
        napi_throw_error(env, NULL, "cannot set the addon up");
        return NULL;
    }
    if (napi_add_async_cleanup_hook(env, end_environment, state, &state->hook) != napi_ok) {
        state->hook_done = true;
        napi_throw_error(env, NULL, "cannot set the addon's clean-up");
        return NULL;
    }
    define_sockets(env, exports);
    define_batches(env, exports);
    define_pollers(env, exports);
    define_epoll(env, exports);
    define_pacing(env, exports);
    define_files(env, exports);
    define_processes(env, exports);
    define_privileges(env, exports);
    define_spawn(env, exports);
    define_exec(env, exports);
    define_signals(env, exports);
    define_constants(env, exports);
    define_error_names(env, exports);
    define_build_info(env, exports);
    return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

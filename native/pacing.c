/* JavaScript's side of the pacer: one for each environment, begun with the first slot and ended with the environment. */
#include "holdfast.h"
#include "pacer.h"

/* In ns: nothing is sent more often, nor is an interval longer than some days. */
#define SHORTEST 100000.0
#define LONGEST 1e15
#define LAST_INSTANT 9e18

void pacing_end(EnvState *state) {
    if (state->pacer == NULL) return;
    pacer_finish(state->pacer);
    state->pacer = NULL;
}

static napi_value do_pacer_add(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    EnvState *state = env_state(env);
    int fd = arg_int(&call, 0);
    Bytes address = arg_bytes_or_null(&call, 1);
    if (call.bad) return NULL;
    if (address.length > PACER_MOST_ADDRESS) return call_throw(&call, "the address is too long");
    if (state->closing) return reply(env, -ECANCELED);
    int result = state->pacer == NULL ? pacer_begin(&state->pacer) : 0;
    return reply(env, result < 0 ? result : pacer_add(state->pacer, fd, address.data, address.length));
}

static napi_value do_pacer_set(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Pacer *pacer = env_state(env)->pacer;
    int index = arg_int(&call, 0);
    Bytes bytes = arg_bytes(&call, 1);
    const double *timing = arg_doubles(&call, 2, 3);
    if (call.bad) return NULL;
    if (bytes.length == 0 || bytes.length > PACER_MOST_BYTES) return call_throw(&call, "expected 1 to 128 bytes");
    if (!(timing[0] >= 0 && timing[0] <= LAST_INSTANT && timing[1] >= SHORTEST && timing[1] <= timing[2] && timing[2] <= LONGEST)) {
        return call_throw(&call, "expected an instant, and intervals of 0.1 ms or more");
    }
    PacerTiming checked = {(int64_t)timing[0], (int64_t)timing[1], (int64_t)timing[2]};
    return reply(env, pacer == NULL ? -EBADF : pacer_set(pacer, index, bytes.data, bytes.length, checked));
}

static napi_value do_pacer_rest(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Pacer *pacer = env_state(env)->pacer;
    int index = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply(env, pacer == NULL ? -EBADF : pacer_rest(pacer, index));
}

static napi_value do_pacer_read(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Pacer *pacer = env_state(env)->pacer;
    int index = arg_int(&call, 0);
    double *out = arg_doubles(&call, 1, 4);
    if (call.bad) return NULL;
    PacerCount count = {0};
    int result = pacer == NULL ? -EBADF : pacer_read(pacer, index, &count);
    if (result == 0) {
        out[0] = (double)count.sent;
        out[1] = (double)count.failed;
        out[2] = count.error;
        out[3] = (double)count.last;
    }
    return reply(env, result);
}

static napi_value do_pacer_remove(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Pacer *pacer = env_state(env)->pacer;
    int index = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply(env, pacer == NULL ? -EBADF : pacer_remove(pacer, index));
}

static napi_value do_pacer_renew(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Pacer *pacer = env_state(env)->pacer;
    double until = arg_number(&call, 0);
    if (call.bad) return NULL;
    if (!(until >= 0 && until <= LAST_INSTANT)) return call_throw(&call, "expected an instant");
    return reply(env, pacer == NULL ? 0 : pacer_renew(pacer, (int64_t)until));
}

void define_pacing(napi_env env, napi_value exports) {
    define_function(env, exports, "pacerAdd", do_pacer_add);
    define_function(env, exports, "pacerSet", do_pacer_set);
    define_function(env, exports, "pacerRest", do_pacer_rest);
    define_function(env, exports, "pacerRead", do_pacer_read);
    define_function(env, exports, "pacerRemove", do_pacer_remove);
    define_function(env, exports, "pacerRenew", do_pacer_renew);
}

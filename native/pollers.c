/*
 * Readiness of descriptors, by libuv's loop. One poller a descriptor, which it does not own.
 *
 * Lives: the handle's memory goes when libuv has closed it *and* the JavaScript object is gone. While armed (mask not 0) a poller holds its object and
 * callback strongly; a disarmed one that nobody refers to is closed by its finaliser. An environment that ends closes the rest and waits for it,
 * because a loop with open handles aborts the process.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "holdfast.h"

/* Told only; the others are libuv's own bits. */
#define POLL_ERROR 16
#define POLL_MASK (UV_READABLE | UV_WRITABLE | UV_DISCONNECT | UV_PRIORITIZED)

typedef struct Poller {
    napi_env env;
    EnvState *state;
    struct Poller *next, *previous;
    uv_poll_t *handle;
    napi_ref self, callback;
    int fd;
    int mask;
    bool closing;
    bool closed;
    bool finalized;
} Poller;

static const napi_type_tag POLLER_TAG = {0x35f0a7c264d84f0b, 0xb19a8e2d7c5043f6};

bool poller_watches(EnvState *state, int fd) {
    return fd >= 0 && (size_t)fd < state->watched_size && state->watched[fd] != 0;
}

static bool mark_watched(EnvState *state, int fd) {
    if ((size_t)fd >= state->watched_size) {
        size_t size = ((size_t)fd + 64) * 2;
        uint8_t *grown = realloc(state->watched, size);
        if (grown == NULL) return false;
        for (size_t i = state->watched_size; i < size; i++) grown[i] = 0;
        state->watched = grown;
        state->watched_size = size;
    }
    state->watched[fd] = 1;
    return true;
}

static void link_poller(Poller *poller) {
    EnvState *state = poller->state;
    poller->next = state->pollers;
    if (state->pollers != NULL) state->pollers->previous = poller;
    state->pollers = poller;
}

static void unlink_poller(Poller *poller) {
    if (poller->previous != NULL) {
        poller->previous->next = poller->next;
    } else {
        poller->state->pollers = poller->next;
    }
    if (poller->next != NULL) poller->next->previous = poller->previous;
}

static void finish_hook(EnvState *state) {
    state->hook_done = true;
    napi_async_cleanup_hook_handle hook = state->hook;
    env_state_release(state);
    napi_remove_async_cleanup_hook(hook);
}

static void on_closed(uv_handle_t *handle) {
    Poller *poller = uv_handle_get_data(handle);
    EnvState *state = poller->state;
    unlink_poller(poller);
    poller->closed = true;
    poller->handle = NULL;
    free(handle);
    if (poller->finalized) free(poller);
    if (state->closing && !state->hook_done && state->pollers == NULL) finish_hook(state);
}

/* Lets the garbage collector have the object, or not. */
static void hold(Poller *poller, bool strongly) {
    uint32_t count;
    if (strongly) {
        napi_reference_ref(poller->env, poller->self, &count);
        napi_reference_ref(poller->env, poller->callback, &count);
    } else {
        napi_reference_unref(poller->env, poller->self, &count);
        napi_reference_unref(poller->env, poller->callback, &count);
    }
}

/* Stops and closes libuv's handle; touches nothing of JavaScript's. */
static void end_handle(Poller *poller) {
    if (poller->closing) return;
    poller->closing = true;
    poller->state->watched[poller->fd] = 0;
    uv_close((uv_handle_t *)poller->handle, on_closed);
}

static void finalize_poller(napi_env env, void *data, void *hint) {
    (void)hint;
    Poller *poller = data;
    poller->finalized = true;
    napi_delete_reference(env, poller->self);
    napi_delete_reference(env, poller->callback);
    if (poller->closed) {
        free(poller);
    } else {
        end_handle(poller);
    }
}

void pollers_end(EnvState *state) {
    state->closing = true;
    if (state->pollers == NULL) {
        finish_hook(state);
        return;
    }
    for (Poller *poller = state->pollers; poller != NULL; poller = poller->next) end_handle(poller);
}

static void call_back(Poller *poller, int told, bool disarmed) {
    napi_env env = poller->env;
    napi_handle_scope scope;
    napi_value global, callback = NULL, argument, error;
    bool pending = false;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    napi_get_reference_value(env, poller->callback, &callback);
    if (disarmed) hold(poller, false);
    if (callback != NULL && napi_get_global(env, &global) == napi_ok) {
        napi_create_int32(env, told, &argument);
        napi_make_callback(env, NULL, global, callback, 1, &argument, NULL);
        /* From here on `poller` may be closed. */
        if (napi_is_exception_pending(env, &pending) == napi_ok && pending && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
            napi_fatal_exception(env, error);
        }
    }
    napi_close_handle_scope(env, scope);
}

static void on_poll(uv_poll_t *handle, int status, int events) {
    Poller *poller = uv_handle_get_data((uv_handle_t *)handle);
    if (status >= 0) {
        call_back(poller, events, false);
        return;
    }
    /* libuv stops and says EBADF for every pending socket error (a netlink overrun, a link that went down): only a closed descriptor deserves that. */
    if (status == UV_EBADF && fcntl(poller->fd, F_GETFD) >= 0 && uv_poll_start(handle, poller->mask, on_poll) == 0) {
        call_back(poller, (poller->mask & (UV_READABLE | UV_WRITABLE)) | POLL_ERROR, false);
        return;
    }
    poller->mask = 0;
    call_back(poller, status, true);
}

static napi_value wrap_poller(napi_env env, Poller *poller, napi_value callback) {
    napi_value object = NULL;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    /* The object keeps its callback, so that both can be collected together. */
    napi_property_descriptor property = {.utf8name = "callback", .value = callback, .attributes = napi_default};
    if (napi_define_properties(env, object, 1, &property) != napi_ok || napi_type_tag_object(env, object, &POLLER_TAG) != napi_ok ||
        napi_create_reference(env, callback, 0, &poller->callback) != napi_ok ||
        napi_wrap(env, object, poller, finalize_poller, NULL, NULL) != napi_ok) {
        return NULL;
    }
    if (napi_create_reference(env, object, 0, &poller->self) != napi_ok) return NULL;
    return object;
}

static void forget_poller(Poller *poller) {
    free(poller->handle);
    free(poller);
}

static napi_value do_poller_open(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    napi_valuetype type = napi_undefined;
    int fd = arg_int(&call, 0);
    if (call.bad) return NULL;
    napi_typeof(env, call.values[1], &type);
    if (type != napi_function) return call_throw(&call, "argument 2: expected a function");
    EnvState *state = env_state(env);
    if (state->closing) return reply(env, -ECANCELED);
    if (fd < 0 || fcntl(fd, F_GETFD) < 0) return reply(env, -EBADF);
    if (poller_watches(state, fd)) return reply(env, -EEXIST);
    Poller *poller = calloc(1, sizeof *poller);
    if (poller == NULL) return reply(env, -ENOMEM);
    /* The size of the libuv that runs, not of the one that the headers describe. */
    poller->handle = calloc(1, uv_handle_size(UV_POLL));
    if (poller->handle == NULL || !mark_watched(state, fd)) {
        forget_poller(poller);
        return reply(env, -ENOMEM);
    }
    int result = uv_poll_init(state->loop, poller->handle, fd);
    if (result < 0) {
        state->watched[fd] = 0;
        forget_poller(poller);
        return reply(env, result);
    }
    uv_handle_set_data((uv_handle_t *)poller->handle, poller);
    poller->env = env;
    poller->state = state;
    poller->fd = fd;
    link_poller(poller);
    napi_value object = wrap_poller(env, poller, call.values[1]);
    if (object == NULL) {
        if (poller->self == NULL) poller->finalized = true;
        end_handle(poller);
        return reply(env, -ENOMEM);
    }
    return object;
}

static Poller *arg_poller(Call *call, int index) {
    bool matches = false;
    void *data = NULL;
    if (call->bad) return NULL;
    if (napi_check_object_type_tag(call->env, call->values[index], &POLLER_TAG, &matches) != napi_ok || !matches ||
        napi_unwrap(call->env, call->values[index], &data) != napi_ok) {
        call_throw(call, "expected a Poller");
        return NULL;
    }
    return data;
}

static napi_value do_poller_set(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Poller *poller = arg_poller(&call, 0);
    int mask = arg_int(&call, 1);
    if (call.bad) return NULL;
    if ((mask & ~POLL_MASK) != 0) return call_throw(&call, "the mask has unknown bits");
    if (poller->closing) return reply(env, -EBADF);
    /* Starting to watch a closed descriptor makes libuv abort. */
    if (mask != 0 && fcntl(poller->fd, F_GETFD) < 0) return reply(env, -EBADF);
    int result = mask == 0 ? uv_poll_stop(poller->handle) : uv_poll_start(poller->handle, mask, on_poll);
    if (result < 0) return reply(env, result);
    if ((mask != 0) != (poller->mask != 0)) hold(poller, mask != 0);
    poller->mask = mask;
    return reply(env, 0);
}

static napi_value do_poller_ref(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Poller *poller = arg_poller(&call, 0);
    bool on = arg_bool(&call, 1);
    if (call.bad || poller->closing) return NULL;
    if (on) {
        uv_ref((uv_handle_t *)poller->handle);
    } else {
        uv_unref((uv_handle_t *)poller->handle);
    }
    return NULL;
}

static napi_value do_poller_close(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Poller *poller = arg_poller(&call, 0);
    if (call.bad || poller->closing) return NULL;
    if (poller->mask != 0) hold(poller, false);
    poller->mask = 0;
    end_handle(poller);
    return NULL;
}

void define_pollers(napi_env env, napi_value exports) {
    define_function(env, exports, "pollerOpen", do_poller_open);
    define_function(env, exports, "pollerSet", do_poller_set);
    define_function(env, exports, "pollerRef", do_poller_ref);
    define_function(env, exports, "pollerClose", do_poller_close);
}

/*
 * Many messages in one system call. A batch's memory is one ArrayBuffer made by V8 and held by a strong reference, so the kernel's headers are built once.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "holdfast.h"

#define MAX_SLOTS 1024
#define MAX_BYTES (256u * 1024 * 1024)
#define META_WORDS 4

/* As the kernel has it; C libraries differ. */
typedef struct {
    void *name;
    int name_length;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_length;
    unsigned flags;
    unsigned flags_padding;
    unsigned length;
    unsigned length_padding;
} Message;
_Static_assert(sizeof(Message) == 64 && offsetof(Message, length) == 56, "struct mmsghdr of a 64-bit kernel");

typedef struct {
    bool sends;
    uint32_t slots, data_size, address_size, control_size;
    uint8_t *data, *address, *control;
    /* Sending: lens, addrLens, ctlLens, one after the other. Receiving: META_WORDS a slot. */
    uint32_t *words;
    napi_ref buffer;
    struct iovec *parts;
    Message messages[];
} Batch;

static const napi_type_tag TX_TAG = {0x7a2d4f1c90be4e11, 0x8d35c1f0a6b24e7d};
static const napi_type_tag RX_TAG = {0x1be96c0d53a84a42, 0x9c7efb1d20834d5b};

static void finalize_batch(napi_env env, void *data, void *hint) {
    (void)hint;
    Batch *batch = data;
    if (batch->buffer != NULL) napi_delete_reference(env, batch->buffer);
    free(batch->parts);
    free(batch);
}

static size_t aligned(size_t size) {
    return (size + 7) & ~(size_t)7;
}

static void add_view(napi_env env, napi_value object, const char *name, napi_typedarray_type type, size_t length, napi_value buffer, size_t offset) {
    napi_value view = NULL;
    napi_create_typedarray(env, type, length, buffer, offset, &view);
    napi_property_descriptor property = {.utf8name = name, .value = view, .attributes = napi_enumerable};
    napi_define_properties(env, object, 1, &property);
}

static Batch *allocate_batch(uint32_t slots, bool sends) {
    Batch *batch = calloc(1, sizeof *batch + slots * sizeof(Message));
    if (batch == NULL) return NULL;
    batch->parts = calloc(slots, sizeof *batch->parts);
    if (batch->parts == NULL) {
        free(batch);
        return NULL;
    }
    batch->slots = slots;
    batch->sends = sends;
    return batch;
}

static void build_messages(Batch *batch) {
    for (size_t i = 0; i < batch->slots; i++) {
        batch->parts[i].iov_base = batch->data + i * batch->data_size;
        batch->parts[i].iov_len = batch->data_size;
        batch->messages[i].name = batch->address_size ? batch->address + i * batch->address_size : NULL;
        batch->messages[i].parts = &batch->parts[i];
        batch->messages[i].part_count = 1;
        batch->messages[i].control = batch->control_size ? batch->control + i * batch->control_size : NULL;
    }
}

static napi_value create_batch(napi_env env, napi_callback_info info, bool sends) {
    Call call = call_begin(env, info);
    double slots = arg_int(&call, 0), data_size = arg_int(&call, 1), address_size = arg_int(&call, 2), control_size = arg_int(&call, 3);
    if (call.bad) return NULL;
    if (slots < 1 || slots > MAX_SLOTS || data_size < 1 || address_size < 0 || control_size < 0 || address_size > 128 || control_size > 65536 ||
        (uint32_t)control_size % 8 != 0 || slots * (data_size + address_size + control_size) > MAX_BYTES) {
        return call_throw(&call, "a batch has 1 to 1024 slots, addresses of at most 128 bytes and control of a multiple of 8");
    }
    Batch *batch = allocate_batch((uint32_t)slots, sends);
    if (batch == NULL) return call_throw(&call, "no memory for the batch");
    batch->data_size = (uint32_t)data_size;
    batch->address_size = (uint32_t)address_size;
    batch->control_size = (uint32_t)control_size;
    size_t count = batch->slots;
    size_t control_at = aligned(count * batch->data_size);
    size_t address_at = control_at + count * batch->control_size;
    size_t words_at = aligned(address_at + count * batch->address_size);
    size_t word_count = count * META_WORDS;
    napi_value object = NULL, buffer = NULL;
    void *memory = NULL;
    if (napi_create_object(env, &object) != napi_ok ||
        napi_create_arraybuffer(env, words_at + word_count * sizeof(uint32_t), &memory, &buffer) != napi_ok ||
        napi_create_reference(env, buffer, 1, &batch->buffer) != napi_ok || napi_type_tag_object(env, object, sends ? &TX_TAG : &RX_TAG) != napi_ok ||
        napi_wrap(env, object, batch, finalize_batch, NULL, NULL) != napi_ok) {
        finalize_batch(env, batch, NULL);
        bool pending = false;
        napi_is_exception_pending(env, &pending);
        return pending ? NULL : call_throw(&call, "no memory for the batch");
    }
    batch->data = memory;
    batch->control = batch->data + control_at;
    batch->address = batch->data + address_at;
    batch->words = (uint32_t *)(batch->data + words_at);
    build_messages(batch);
    add_view(env, object, "data", napi_uint8_array, count * batch->data_size, buffer, 0);
    add_view(env, object, "ctl", napi_uint8_array, count * batch->control_size, buffer, control_at);
    add_view(env, object, "addr", napi_uint8_array, count * batch->address_size, buffer, address_at);
    if (sends) {
        add_view(env, object, "lens", napi_uint32_array, count, buffer, words_at);
        add_view(env, object, "addrLens", napi_uint32_array, count, buffer, words_at + count * 4);
        add_view(env, object, "ctlLens", napi_uint32_array, count, buffer, words_at + count * 8);
    } else {
        add_view(env, object, "meta", napi_uint32_array, word_count, buffer, words_at);
    }
    return object;
}

static napi_value create_tx(napi_env env, napi_callback_info info) {
    return create_batch(env, info, true);
}

static napi_value create_rx(napi_env env, napi_callback_info info) {
    return create_batch(env, info, false);
}

/* The batch behind an argument, its memory still attached; NULL with an exception otherwise. */
static Batch *arg_batch(Call *call, int index, const napi_type_tag *tag) {
    bool matches = false, detached = false;
    void *data = NULL;
    napi_value buffer = NULL;
    if (call->bad) return NULL;
    if (napi_check_object_type_tag(call->env, call->values[index], tag, &matches) != napi_ok || !matches ||
        napi_unwrap(call->env, call->values[index], &data) != napi_ok) {
        call_throw(call, tag == &TX_TAG ? "expected a TxBatch" : "expected an RxBatch");
        return NULL;
    }
    Batch *batch = data;
    napi_get_reference_value(call->env, batch->buffer, &buffer);
    if (buffer == NULL || napi_is_detached_arraybuffer(call->env, buffer, &detached) != napi_ok || detached) {
        call_throw(call, "the batch's buffer was transferred away");
        return NULL;
    }
    return batch;
}

static bool fill_message(Batch *batch, size_t slot) {
    uint32_t length = batch->words[slot];
    uint32_t address_length = batch->words[batch->slots + slot];
    uint32_t control_length = batch->words[2 * (size_t)batch->slots + slot];
    if (length > batch->data_size || address_length > batch->address_size || control_length > batch->control_size) return false;
    Message *message = &batch->messages[slot];
    batch->parts[slot].iov_len = length;
    message->name = address_length ? batch->address + slot * batch->address_size : NULL;
    message->name_length = (int)address_length;
    message->control = control_length ? batch->control + slot * batch->control_size : NULL;
    message->control_length = control_length;
    return true;
}

static napi_value do_sendmmsg(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Batch *batch = arg_batch(&call, 1, &TX_TAG);
    double first = arg_int(&call, 2), count = arg_int(&call, 3);
    int flags = arg_int(&call, 4);
    if (call.bad) return NULL;
    if (first < 0 || count < 0 || first + count > batch->slots) return call_throw(&call, "the range does not lie within the batch");
    for (size_t i = 0; i < (size_t)count; i++) {
        if (!fill_message(batch, (size_t)first + i)) return call_throw(&call, "a message is longer than its slot");
    }
    return reply_errno(env, syscall(SYS_sendmmsg, fd, batch->messages + (size_t)first, (unsigned)count, flags | MSG_NOSIGNAL | MSG_DONTWAIT));
}

/* Descriptors that come along are closed on exec. Packet sockets, which carry none, refuse to be told. */
static long receive(int fd, Batch *batch, int flags) {
    flags |= MSG_DONTWAIT;
    if (batch->control_size > 0) {
        long received = syscall(SYS_recvmmsg, fd, batch->messages, batch->slots, flags | MSG_CMSG_CLOEXEC, NULL);
        if (received >= 0 || errno != EINVAL) return received;
    }
    return syscall(SYS_recvmmsg, fd, batch->messages, batch->slots, flags, NULL);
}

static napi_value do_recvmmsg(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Batch *batch = arg_batch(&call, 1, &RX_TAG);
    int flags = arg_int(&call, 2);
    if (call.bad) return NULL;
    for (size_t i = 0; i < batch->slots; i++) {
        batch->messages[i].name_length = (int)batch->address_size;
        batch->messages[i].control_length = batch->control_size;
        batch->messages[i].flags = 0;
    }
    long received = receive(fd, batch, flags);
    for (long i = 0; i < received; i++) {
        uint32_t *meta = batch->words + i * META_WORDS;
        meta[0] = batch->messages[i].length;
        meta[1] = (uint32_t)batch->messages[i].name_length;
        meta[2] = (uint32_t)batch->messages[i].control_length;
        /* The kernel repeats our own flag here. */
        meta[3] = batch->messages[i].flags & ~(unsigned)MSG_CMSG_CLOEXEC;
    }
    return reply_errno(env, received);
}

void define_batches(napi_env env, napi_value exports) {
    define_function(env, exports, "createTxBatch", create_tx);
    define_function(env, exports, "createRxBatch", create_rx);
    define_function(env, exports, "sendmmsg", do_sendmmsg);
    define_function(env, exports, "recvmmsg", do_recvmmsg);
}

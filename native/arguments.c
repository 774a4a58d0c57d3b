/* Reading arguments strictly and giving results. */
#include <stdio.h>
#include <string.h>

#include "holdfast.h"

Call call_begin(napi_env env, napi_callback_info info) {
    Call call = {.env = env};
    size_t count = MAX_ARGUMENTS;
    /* Arguments that were not given are undefined. */
    napi_get_cb_info(env, info, &count, call.values, NULL, NULL);
    return call;
}

napi_value call_throw(Call *call, const char *message) {
    if (!call->bad) {
        call->bad = true;
        napi_throw_type_error(call->env, "ERR_INVALID_ARG", message);
    }
    return NULL;
}

static void reject(Call *call, int index, const char *expected) {
    char message[96];
    snprintf(message, sizeof message, "argument %d: expected %s", index + 1, expected);
    call_throw(call, message);
}

int arg_int(Call *call, int index) {
    double value = 0;
    if (call->bad) return 0;
    if (napi_get_value_double(call->env, call->values[index], &value) != napi_ok || !(value >= INT32_MIN && value <= UINT32_MAX) ||
        value != (double)(int64_t)value) {
        reject(call, index, "a 32-bit integer");
        return 0;
    }
    return (int)(uint32_t)(int64_t)value;
}

double arg_number(Call *call, int index) {
    double value = 0;
    if (call->bad) return 0;
    if (napi_get_value_double(call->env, call->values[index], &value) != napi_ok || value != value) reject(call, index, "a number");
    return value;
}

static napi_valuetype type_of(Call *call, int index) {
    napi_valuetype type = napi_undefined;
    napi_typeof(call->env, call->values[index], &type);
    return type;
}

bool arg_is_number(Call *call, int index) {
    return type_of(call, index) == napi_number;
}

bool arg_bool(Call *call, int index) {
    bool value = false;
    if (!call->bad && napi_get_value_bool(call->env, call->values[index], &value) != napi_ok) reject(call, index, "a boolean");
    return value;
}

static void *typed_array(Call *call, int index, napi_typedarray_type expected, size_t *length) {
    bool is_typed_array = false;
    napi_typedarray_type type;
    void *data = NULL;
    *length = 0;
    if (napi_is_typedarray(call->env, call->values[index], &is_typed_array) != napi_ok || !is_typed_array ||
        napi_get_typedarray_info(call->env, call->values[index], &type, length, &data, NULL, NULL) != napi_ok || type != expected) {
        call->bad = false;
        reject(call, index, expected == napi_uint8_array ? "a Uint8Array" : expected == napi_int32_array ? "an Int32Array" : "a Float64Array");
        *length = 0;
        return NULL;
    }
    /* A detached array has no data; its length must not be believed. */
    if (data == NULL) *length = 0;
    return data;
}

Bytes arg_bytes(Call *call, int index) {
    Bytes bytes = {NULL, 0};
    if (!call->bad) bytes.data = typed_array(call, index, napi_uint8_array, &bytes.length);
    return bytes;
}

Bytes arg_bytes_or_null(Call *call, int index) {
    Bytes none = {NULL, 0};
    if (call->bad || type_of(call, index) == napi_null) return none;
    return arg_bytes(call, index);
}

Bytes arg_range(Call *call, int index) {
    Bytes none = {NULL, 0};
    Bytes bytes = arg_bytes(call, index);
    double offset = arg_number(call, index + 1);
    double length = arg_number(call, index + 2);
    if (call->bad) return none;
    if (!(offset >= 0 && length >= 0 && offset + length <= (double)bytes.length) || offset != (double)(size_t)offset ||
        length != (double)(size_t)length) {
        call_throw(call, "the range does not lie within the buffer");
        return none;
    }
    /* NULL + 0 is undefined in C */
    if (bytes.data != NULL) bytes.data += (size_t)offset;
    bytes.length = (size_t)length;
    return bytes;
}

int32_t *arg_int32s_counted(Call *call, int index, size_t least, size_t *length) {
    if (call->bad) return NULL;
    int32_t *data = typed_array(call, index, napi_int32_array, length);
    if (!call->bad && *length < least) call_throw(call, "the Int32Array is too short");
    return call->bad ? NULL : data;
}

int32_t *arg_int32s(Call *call, int index, size_t least) {
    size_t length;
    return arg_int32s_counted(call, index, least, &length);
}

double *arg_doubles(Call *call, int index, size_t least) {
    size_t length;
    if (call->bad) return NULL;
    double *data = typed_array(call, index, napi_float64_array, &length);
    if (!call->bad && length < least) call_throw(call, "the Float64Array is too short");
    return call->bad ? NULL : data;
}

bool arg_text(Call *call, int index, char *out, size_t size) {
    size_t needed = 0;
    if (call->bad) return false;
    if (napi_get_value_string_utf8(call->env, call->values[index], NULL, 0, &needed) != napi_ok) {
        reject(call, index, "a string");
        return false;
    }
    if (needed >= size) {
        reject(call, index, "a shorter string");
        return false;
    }
    napi_get_value_string_utf8(call->env, call->values[index], out, size, &needed);
    if (strlen(out) != needed) {
        reject(call, index, "a string without NUL");
        return false;
    }
    return true;
}

napi_value reply(napi_env env, int64_t value) {
    napi_value result = NULL;
    if (value >= INT32_MIN && value <= INT32_MAX) {
        napi_create_int32(env, (int32_t)value, &result);
    } else {
        napi_create_int64(env, value, &result);
    }
    return result;
}

napi_value reply_errno(napi_env env, int64_t result) {
    return reply(env, result < 0 ? -(int64_t)errno : result);
}

void define_function(napi_env env, napi_value exports, const char *name, napi_callback function) {
    napi_value value = NULL;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
    napi_set_named_property(env, exports, name, value);
}

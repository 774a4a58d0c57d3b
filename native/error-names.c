/* Names of error numbers, from the real headers. */
#include <errno.h>

#include "holdfast.h"

static const struct {
    const char *name;
    int value;
} error_names[] = {
#define ERROR(name) {#name, name}
    ERROR(EPERM),
    ERROR(ENOENT),
    ERROR(ESRCH),
    ERROR(EINTR),
    ERROR(EIO),
    ERROR(ENXIO),
    ERROR(E2BIG),
    ERROR(ENOEXEC),
    ERROR(EBADF),
    ERROR(ECHILD),
    ERROR(EAGAIN),
    ERROR(ENOMEM),
    ERROR(EACCES),
    ERROR(EFAULT),
    ERROR(EBUSY),
    ERROR(EEXIST),
    ERROR(EXDEV),
    ERROR(ENODEV),
    ERROR(ENOTDIR),
    ERROR(EISDIR),
    ERROR(EINVAL),
    ERROR(ENFILE),
    ERROR(EMFILE),
    ERROR(ENOTTY),
    ERROR(ETXTBSY),
    ERROR(EFBIG),
    ERROR(ENOSPC),
    ERROR(ESPIPE),
    ERROR(EROFS),
    ERROR(EMLINK),
    ERROR(EPIPE),
    ERROR(ERANGE),
    ERROR(EDEADLK),
    ERROR(ENAMETOOLONG),
    ERROR(ENOLCK),
    ERROR(ENOSYS),
    ERROR(ENOTEMPTY),
    ERROR(ELOOP),
    ERROR(ENOMSG),
    ERROR(ENODATA),
    ERROR(ETIME),
    ERROR(EPROTO),
    ERROR(EBADMSG),
    ERROR(EOVERFLOW),
    ERROR(ENOTSOCK),
    ERROR(EDESTADDRREQ),
    ERROR(EMSGSIZE),
    ERROR(EPROTOTYPE),
    ERROR(ENOPROTOOPT),
    ERROR(EPROTONOSUPPORT),
    ERROR(ESOCKTNOSUPPORT),
    ERROR(EOPNOTSUPP),
    ERROR(EPFNOSUPPORT),
    ERROR(EAFNOSUPPORT),
    ERROR(EADDRINUSE),
    ERROR(EADDRNOTAVAIL),
    ERROR(ENETDOWN),
    ERROR(ENETUNREACH),
    ERROR(ENETRESET),
    ERROR(ECONNABORTED),
    ERROR(ECONNRESET),
    ERROR(ENOBUFS),
    ERROR(EISCONN),
    ERROR(ENOTCONN),
    ERROR(ESHUTDOWN),
    ERROR(ETIMEDOUT),
    ERROR(ECONNREFUSED),
    ERROR(EHOSTDOWN),
    ERROR(EHOSTUNREACH),
    ERROR(EALREADY),
    ERROR(EINPROGRESS),
    ERROR(ESTALE),
    ERROR(EDQUOT),
    ERROR(ECANCELED),
#undef ERROR
};

void define_error_names(napi_env env, napi_value exports) {
    napi_value object, value;
    napi_create_object(env, &object);
    for (size_t i = 0; i < sizeof error_names / sizeof error_names[0]; i++) {
        napi_create_string_utf8(env, error_names[i].name, NAPI_AUTO_LENGTH, &value);
        napi_set_element(env, object, (uint32_t)error_names[i].value, value);
    }
    napi_object_freeze(env, object);
    napi_set_named_property(env, exports, "errnoNames", object);
}

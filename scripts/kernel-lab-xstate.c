/*
 * Loaded into User-Mode Linux 6.1, which keeps room for the registers of processors up to AVX-512. Linux refuses to set them when a newer processor has more
 * (EFAULT), so what is missing is added: zeroes, which say that registers nobody here has asked for are as they were at the beginning.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define NT_X86_XSTATE 0x202
/* CPUID's page about extended states: EBX is how many bytes those take that the system has enabled. */
#define XSTATE_LEAF 13

typedef long (*Ptrace)(int request, ...);

/* User-Mode Linux has one processor, and lets go of it nowhere in here. */
static unsigned char whole[1 << 16] __attribute__((aligned(64)));

static size_t xstate_size(void) {
    unsigned a, b = 0, c, d;
    __get_cpuid_count(XSTATE_LEAF, 0, &a, &b, &c, &d);
    return b < sizeof whole ? b : sizeof whole;
}

long ptrace(enum __ptrace_request request, ...) {
    static Ptrace real;
    static size_t size;
    if (real == NULL) {
        real = (Ptrace)dlsym(RTLD_NEXT, "ptrace");
        size = xstate_size();
    }
    va_list rest;
    va_start(rest, request);
    int pid = va_arg(rest, int);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);
    struct iovec *given = data;
    if (request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE || given->iov_len >= size) return real(request, pid, address, data);
    memcpy(whole, given->iov_base, given->iov_len);
    struct iovec padded = {whole, size};
    return real(request, pid, address, &padded);
}

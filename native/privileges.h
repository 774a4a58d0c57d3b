#ifndef HOLDFAST_PRIVILEGES_H
#define HOLDFAST_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

#define ANY_CAPABILITIES (-1)
/* JavaScript's numbers are exact so far. */
#define MOST_CAPABILITIES 9007199254740991

/* What a new process may do; bit N of a mask stands for capability N. */
typedef struct {
    /* The process has these, whoever its user is. */
    int64_t capabilities;
    /* It and its descendants never have others than these. */
    int64_t bounding;
    /* Being root gives nothing. */
    bool no_root;
    /* As after a login: root gets what is its own, nothing is inherited. */
    bool reset;
    /* Set-user-id programs gain nothing. */
    bool no_new;
} Privileges;

/* Between fork and exec, system calls only; errno on false. */
bool privileges_before_user(const Privileges *wanted);
bool privileges_after_user(const Privileges *wanted);

#endif

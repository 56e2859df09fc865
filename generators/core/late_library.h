/* late_library.h - a library that is not linked but loaded when it is first called: most programs
 * never do, and what it brings along would cost the start of each.
 *
 * A file that hands calls on sets LATE_LIBRARY to its struct and has LATE_VALUE or LATE_NOTHING for
 * each function, of the same name and type as the library's: one that is missing is named by the
 * linker, one that is declared otherwise by the compiler. */
#ifndef CORE_LATE_LIBRARY_H
#define CORE_LATE_LIBRARY_H

struct late_library {
    const char *name; /* that it bears where this was built ("libqpdf.so.29"): the one whose header
                         was read */
    const char *purpose; /* for the message: "libqpdf, which reads PDF files" */
    void *handle;
};

/* Loads it. Without the library: a message on standard error, and exit status 2. */
void late_library_load(struct late_library *l);
/* function: the address of a pointer to it. */
void late_library_find(struct late_library *l, const char *name, void *function);

#define LATE_HAND_ON(function, call)                                                               \
    static __typeof__(function) *to;                                                               \
    if (!to)                                                                                       \
        late_library_find(&LATE_LIBRARY, #function, &to);                                          \
    call;

#define LATE_VALUE(type, function, parameters, arguments)                                          \
    type function parameters                                                                       \
    {                                                                                              \
        LATE_HAND_ON(function, return to arguments)                                                \
    }

#define LATE_NOTHING(function, parameters, arguments)                                              \
    void function parameters                                                                       \
    {                                                                                              \
        LATE_HAND_ON(function, to arguments)                                                       \
    }

#endif

/* microhttpd.c - see microhttpd.h. */
#include "desk/microhttpd.h"

#include "core/late_library.h"

#include <stdarg.h>

_Static_assert(sizeof MICROHTTPD_LIBRARY > 1, "the library that pkg-config finds has no name");

static struct late_library library = {MICROHTTPD_LIBRARY, "libmicrohttpd, which serves the desk",
                                      NULL};
#define LATE_LIBRARY library

void microhttpd_load(void)
{
    late_library_load(&library);
}

/* Of all that may follow, the desk gives an array of options, and their end. */
struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_data, MHD_AccessHandlerCallback handler,
                                    void *handler_data, ...)
{
    va_list args;
    va_start(args, handler_data);
    enum MHD_OPTION kind = va_arg(args, enum MHD_OPTION);
    struct MHD_OptionItem *options = va_arg(args, struct MHD_OptionItem *);
    va_end(args);
    LATE_HAND_ON(MHD_start_daemon, return to(flags, port, accept, accept_data, handler,
                                             handler_data, kind, options, MHD_OPTION_END));
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *c,
                                                        enum MHD_ConnectionInfoType type, ...)
{
    LATE_HAND_ON(MHD_get_connection_info, return to(c, type));
}

/* clang-format takes each of these for a part of the one before. */
/* clang-format off */
LATE_VALUE(enum MHD_Result, MHD_add_response_header,
           (struct MHD_Response *r, const char *name, const char *value), (r, name, value))
LATE_VALUE(struct MHD_Response *, MHD_create_response_from_buffer,
           (size_t size, void *data, enum MHD_ResponseMemoryMode mode), (size, data, mode))
LATE_VALUE(struct MHD_Response *, MHD_create_response_from_callback,
           (uint64_t size, size_t block, MHD_ContentReaderCallback reader, void *data,
            MHD_ContentReaderFreeCallback release), (size, block, reader, data, release))
LATE_VALUE(struct MHD_Response *, MHD_create_response_from_fd64, (uint64_t size, int fd), (size, fd))
LATE_NOTHING(MHD_destroy_response, (struct MHD_Response *r), (r))
LATE_VALUE(int, MHD_get_connection_values,
           (struct MHD_Connection *c, enum MHD_ValueKind kind, MHD_KeyValueIterator each, void *data),
           (c, kind, each, data))
LATE_VALUE(const char *, MHD_lookup_connection_value,
           (struct MHD_Connection *c, enum MHD_ValueKind kind, const char *key), (c, kind, key))
LATE_VALUE(enum MHD_Result, MHD_queue_response,
           (struct MHD_Connection *c, unsigned status, struct MHD_Response *r), (c, status, r))
LATE_NOTHING(MHD_resume_connection, (struct MHD_Connection *c), (c))
LATE_NOTHING(MHD_stop_daemon, (struct MHD_Daemon *d), (d))
LATE_NOTHING(MHD_suspend_connection, (struct MHD_Connection *c), (c))
/* clang-format on */

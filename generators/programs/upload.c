/* upload.c - what the platform takes: files within its limits and the fill-in sheet. */
#include "papers/paper_options.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "upload/done.h"

int upload_main(int argc, char **argv)
{
    struct binder_options binding = {0};
    const char *fit_photo = NULL, *done = NULL;
    static const char *const purpose[] = {
        "把要在平台上传的附件按上限整理成文件，另出填报稿，每人一个文件夹。",
        "Makes the files that the platform takes, within its limits, and 填报稿 to copy from, one "
        "folder an applicant."};
    const struct option_own own[] = {
        fit_photo_option(&fit_photo),
        {"done",
         "LIST",
         {"不制作，只记下已上传的（填报稿存出的清单）",
          "make nothing; take down what has been uploaded, as 填报稿 lists it"},
         &done},
        password_option(&binding.password_file),
    };
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, own, sizeof own / sizeof *own);
    if (status >= 0)
        return status;
    if (!session_open(&s) || !session_open_fonts(&s) ||
        !binder_options_read(&binding, &s.arena, &s.diag))
        return session_end(&s, 2);
    const struct upload_request request = {.options = &s.options,
                                           .templates = s.templates,
                                           .input = &s.input,
                                           .tables = s.tables,
                                           .fonts = s.fonts,
                                           .passwords = binding.passwords,
                                           .n_passwords = binding.n_passwords,
                                           .fit_photo = fit_photo != NULL};
    return session_end(&s,
                       done ? upload_done(&request, done, &s.diag) : upload_run(&request, &s.diag));
}

/* paper_options.c - see paper_options.h. */
#include "programs/paper_options.h"

#include <string.h>

void binder_options_table(struct binder_options *values, struct option_own table[BINDER_OPTIONS])
{
    const struct option_own all[BINDER_OPTIONS] = {
        {"duplex",
         NULL,
         {"双面打印：各部分从正面起", "for printing on both sides: sections begin on a front side"},
         &values->duplex},
        {"skip-bad",
         NULL,
         {"读不出的附件以标记页代替（退出码 3）",
          "a marked sheet instead of what cannot be read (exit 3)"},
         &values->skip_bad},
        {"password-file",
         "FILE",
         {"PDF 的密码，每行一个", "passwords of PDFs, one a line"},
         &values->password_file},
        {"keep-a3", NULL, {"A3 的复印件仍用 A3", "A3 copies stay A3"}, &values->keep_a3},
    };
    memcpy(table, all, sizeof all);
}

struct option_own letter_option(const char **value)
{
    return (struct option_own){"roster",
                               NULL,
                               {"人员名单作为附件另页，不论多少人",
                                "the list of persons as 附件 on a page of its own, however few "
                                "they are"},
                               value};
}

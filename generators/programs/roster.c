/* roster.c - a roster: XLSX or PDF, one a delegation or a unit. */
#include "sheet/roster.h"
#include "profile/named_paper.h"
#include "programs/programs.h"
#include "programs/session.h"

#include <string.h>

static enum sheet_order order_of(const char *word)
{
    static const char *const words[] = {"given", "unit", "pinyin", "strokes"};
    size_t i = 0;
    while (strcmp(word, words[i]))
        i++;
    return (enum sheet_order)i;
}

int roster_main(const struct named_paper *paper, int argc, char **argv)
{
    const char *print = NULL, *order = "given", *sheets = NULL;
    const struct option_own own[] = {
        {"print", NULL, {"同一张表，PDF 格式", "the same table as PDF"}, &print},
        {"sort",
         "given|unit|pinyin|strokes",
         {"行序：原序、按单位、按姓名拼音、按姓氏笔画",
          "the order of the rows: given is as they come"},
         &order},
        {"sheet-per-unit",
         NULL,
         {"每个单位一张工作表，另有一张索引", "a sheet a unit, and one that lists them"},
         &sheets},
    };
    struct session s;
    int status = session_begin(&s, argc, argv, paper->purpose, own, sizeof own / sizeof *own);
    if (status >= 0)
        return status;
    if (print && sheets)
        return session_end(
            &s, options_fault(
                    s.options.language, argv[0],
                    "--print 只出一张名单，--sheet-per-unit 出多张工作表，只能选一个",
                    "--print makes one list, and --sheet-per-unit sheets: choose one of them"));
    if (!session_open(&s) || !session_has_paper(&s, paper->name) ||
        (print && !session_open_fonts(&s)))
        return session_end(&s, 2);
    s.input.printers_refuse_codes = true;
    const struct roster_request request = {.options = &s.options,
                                           .templates = s.templates,
                                           .name = paper->name,
                                           .input = &s.input,
                                           .tables = s.tables,
                                           .fonts = s.fonts,
                                           .print = print != NULL,
                                           .sheet_per_unit = sheets != NULL,
                                           .order = order_of(order)};
    return session_end(&s, roster_write(&request, &s.diag));
}

/* xlsx_extras.c - what a workbook holds that one written anew would lose; see xlsx.h. */
#include "workbook/xlsx_book.h"

#include <string.h>

void xlsx_add_extra(struct xlsx *x, size_t sheet, const char *zh, const char *en)
{
    const char *name = sheet == SIZE_MAX ? NULL : x->sheets[sheet].name;
    for (size_t i = 0; i < x->n_extras; i++)
        if (x->extras[i].sheet == name && x->extras[i].text[LANGUAGE_EN] == en)
            return;
    *ARENA_PUSH(&x->arena, x->extras, x->n_extras, x->extras_cap) =
        (struct xlsx_extra){{zh, en}, name};
}

static void add_by_type(struct xlsx *x, const struct relations *relations, size_t sheet)
{
    static const struct {
        const char *type, *zh, *en;
    } known[] = {
        {"vbaProject", "宏", "macros"},
        {"externalLink", "指向其他工作簿的链接", "links to other workbooks"},
        {"connections", "外部数据连接", "connections to other data"},
        {"pivotTable", "数据透视表", "pivot tables"},
        {"chartsheet", "图表工作表", "chart sheets"},
        {"dialogsheet", "对话框工作表", "dialog sheets"},
        {"xlMacrosheet", "宏工作表", "macro sheets"},
        {"threadedComment", "批注的回复", "threads of comments"},
        {"oleObject", "嵌入的对象", "embedded objects"},
        {"package", "嵌入的文件", "embedded files"},
        {"control", "控件", "controls"},
        {"ctrlProp", "控件", "controls"},
        {"table", "“表格”样式的区域", "tables"},
        {"slicer", "切片器", "slicers"},
        {"image", "背景图片", "background pictures"},
    };
    for (size_t i = 0; i < relations->n; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (!strcmp(relations->list[i].type, known[k].type))
                xlsx_add_extra(x, sheet, known[k].zh, known[k].en);
}

void xlsx_read_extras(struct xlsx *x)
{
    add_by_type(x, &x->relations, SIZE_MAX);
    for (size_t i = 0; i < x->n_sheets; i++)
        add_by_type(x, &x->parts[i].relations, i);
}

size_t xlsx_extras(const struct xlsx *x, const struct xlsx_extra **out)
{
    *out = x->extras;
    return x->n_extras;
}

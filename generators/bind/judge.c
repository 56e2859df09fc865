/* judge.c - see judge.h. */
#include "bind/judge.h"

#include "bind/page_list.h"
#include "core/buffer.h"

#include <stdlib.h>
#include <string.h>

/* What is said behind the file's name. {p}: the pages, {n}: the annotation's kind, the field's or
 * the layer's name, {c}: the character; or of several findings all of theirs. */
static const struct words {
    enum severity severity;
    const char *text[LANGUAGE_COUNT];
} words[LOSS_COUNT] = {
    [LOSS_XFA] = {SEVERITY_WARNING,
                  {"是 XFA 动态表单，装订后可能只显示“请稍候”，请打印成普通 PDF 后重新引用",
                   "is an XFA form, of which may be seen no more than \"please wait\": print it to "
                   "a plain PDF and cite that"}},
    [LOSS_SIGNATURE] = {SEVERITY_WARNING,
                        {"带有电子签名，装订后只保留签名的外观",
                         "is signed: of the signature its appearance stays, bound it proves "
                         "nothing"}},
    [LOSS_LAYER_NOT_PRINTED] = {SEVERITY_WARNING,
                                {"的图层“{n}”只在屏幕上显示、不打印，装订后没有它",
                                 "has a layer \"{n}\" that is seen on screen and not printed: it "
                                 "is left out"}},
    [LOSS_NOT_PRINTED] = {SEVERITY_WARNING,
                          {"第 {p} 页的批注（{n}）只在屏幕上显示、不打印，装订后没有它；要保留请"
                           "在批注属性中选“打印”",
                           "has an annotation ({n}) on page {p} that is seen on screen and not "
                           "printed: it is left out; to keep it, mark it as printed"}},
    [LOSS_FIELD_NOT_PRINTED] = {SEVERITY_WARNING,
                                {"第 {p} 页的表单域“{n}”已填写但设为不打印，装订后没有它；请打印"
                                 "成普通 PDF 后重新引用",
                                 "has a form field \"{n}\" on page {p} that is filled in and not "
                                 "printed: it is left out; print it to a plain PDF and cite "
                                 "that"}},
    [LOSS_FIELD_ON_SCREEN] = {SEVERITY_WARNING,
                              {"第 {p} 页的表单域“{n}”只在屏幕上显示、不打印，装订后没有它；要保留"
                               "请在表单域属性中选“打印”",
                               "has a form field \"{n}\" on page {p} that is seen on screen and "
                               "not printed: it is left out; to keep it, mark it as printed"}},
    [LOSS_UNSIGNED] = {SEVERITY_WARNING,
                       {"第 {p} 页的签名域“{n}”还没有签名，请核对是否要签好再用",
                        "has a signature field \"{n}\" on page {p} that nobody has signed: make "
                        "sure that this is what is wanted"}},
    [LOSS_GUESSED] = {SEVERITY_WARNING,
                      {"第 {p} 页的批注（{n}）没有自带外观，已按名称画出，各阅读器显示不同，请核对",
                       "has an annotation ({n}) on page {p} without an appearance, which was drawn "
                       "by its name and each reader draws in its own way: check it"}},
    [LOSS_NOT_MADE] = {SEVERITY_WARNING,
                       {"第 {p} 页的批注（{n}）没有可画的外观，装订后看不到；请打印成普通 PDF 后重"
                        "新引用",
                        "has an annotation ({n}) on page {p} without an appearance that can be "
                        "drawn: it is left out; print it to a plain PDF and cite that"}},
    [LOSS_IMPOSSIBLE] = {SEVERITY_WARNING,
                         {"第 {p} 页的批注（{n}）大小不合理，装订后看不到",
                          "has an annotation ({n}) on page {p} of no possible size: it is left "
                          "out"}},
    [LOSS_ODD_RECT] = {SEVERITY_WARNING,
                       {"第 {p} 页的批注或表单域（{n}）的位置多写了数字，已按前四个装订，请核对",
                        "has an annotation or a form field ({n}) on page {p} with too many numbers "
                        "in its place, of which the first four were taken: check it"}},
    [LOSS_OUTDATED] = {SEVERITY_WARNING,
                       {"第 {p} 页的表单域“{n}”显示的与填写的值不同，已按填写的值装订，请核对",
                        "has a form field \"{n}\" on page {p} that shows something else than its "
                        "value: its value was bound, check it"}},
    [LOSS_TOO_MANY] = {SEVERITY_WARNING,
                       {"第 {p} 页的批注超过 20000 个，其余的装订后看不到",
                        "has more than 20000 annotations on page {p}: the rest is left out"}},
    [LOSS_GLYPH] = {SEVERITY_ERROR,
                    {"第 {p} 页的批注（{n}）中有字体画不出的字符 {c}，请打印成普通 PDF 后重新引用",
                     "has an annotation ({n}) on page {p} with the character {c}, which no font "
                     "draws: print it to a plain PDF and cite that"}},
    [LOSS_ROOM] = {SEVERITY_ERROR,
                   {"第 {p} 页的批注（{n}）的文字在框内排不下，请打印成普通 PDF 后重新引用",
                    "has an annotation ({n}) on page {p} whose text does not fit its box: print it "
                    "to a plain PDF and cite that"}},
    [LOSS_FIELD_GLYPH] = {SEVERITY_ERROR,
                          {"第 {p} 页的表单域“{n}”中有字体画不出的字符 {c}，请打印成普通 PDF 后重新"
                           "引用",
                           "has a form field \"{n}\" on page {p} with the character {c}, which no "
                           "font draws: print it to a plain PDF and cite that"}},
    [LOSS_FIELD_ROOM] = {SEVERITY_ERROR,
                         {"第 {p} 页的表单域“{n}”填写的内容在框内排不下，请打印成普通 PDF 后重新"
                          "引用",
                          "has a form field \"{n}\" on page {p} whose value does not fit its box: "
                          "print it to a plain PDF and cite that"}},
    [LOSS_FIELD_STATE] = {SEVERITY_ERROR,
                          {"第 {p} 页的单选按钮“{n}”没有外观，看不出选中的是哪一个，请打印成普通 "
                           "PDF 后重新引用",
                           "has a radio button \"{n}\" on page {p} without appearances, so that it "
                           "cannot be told which is chosen: print it to a plain PDF and cite "
                           "that"}},
};

/* --- telling --- */

static const char *fill_in(struct arena *arena, const char *text, const char *pages,
                           const char *name, const char *character)
{
    struct buffer out = {0};
    while (*text) {
        bool gap = text[0] == '{' && text[1] && text[2] == '}';
        if (gap)
            buffer_puts(&out, text[1] == 'p' ? pages : text[1] == 'n' ? name : character);
        else
            buffer_putc(&out, *text);
        text += gap ? 3 : 1;
    }
    const char *filled = arena_strndup(arena, (char *)out.data, out.len);
    buffer_clear(&out);
    return filled;
}

static int by_finding(const void *a, const void *b)
{
    const struct annotation_note *x = *(struct annotation_note *const *)a,
                                 *y = *(struct annotation_note *const *)b;
    int c = (x->loss > y->loss) - (x->loss < y->loss);
    if (!c)
        c = strcmp(x->name, y->name);
    if (!c)
        c = (x->character > y->character) - (x->character < y->character);
    return c ? c : (x->page > y->page) - (x->page < y->page);
}

static bool same_finding(const struct annotation_note *a, const struct annotation_note *b)
{
    return a->loss == b->loss && a->character == b->character && !strcmp(a->name, b->name);
}

static const char *pages_of(struct arena *arena, struct annotation_note *const *notes, size_t n)
{
    size_t *pages = ARENA_ARRAY(arena, size_t, n);
    for (size_t i = 0; i < n; i++)
        pages[i] = notes[i]->page + 1;
    return page_list_of_all(pages, n, arena);
}

/* notes: by their names. */
static const char *names_of(struct arena *arena, struct annotation_note *const *notes, size_t n,
                            enum language lang)
{
    const char *named = NULL;
    size_t different = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(notes[i]->name, notes[i - 1]->name))
            named = finding_add_name(arena, named, different++, notes[i]->name);
    return finding_names(arena, named, different, lang);
}

static int by_character(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static const char *characters_of(struct arena *arena, struct annotation_note *const *notes,
                                 size_t n, enum language lang)
{
    uint32_t *all = ARENA_ARRAY(arena, uint32_t, n);
    const char *named = NULL;
    size_t different = 0;
    for (size_t i = 0; i < n; i++)
        all[i] = notes[i]->character;
    qsort(all, n, sizeof *all, by_character);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || all[i] != all[i - 1])
            named = finding_add_name(arena, named, different++,
                                     arena_printf(arena, "U+%04X", (unsigned)all[i]));
    return finding_names(arena, named, different, lang);
}

/* One finding of n notes of one loss. */
static bool tell(const char *href, struct annotation_note *const *notes, size_t n,
                 const struct finding *where, struct diag *diag)
{
    struct arena arena = {0};
    struct finding f = *where;
    const struct words *said = &words[notes[0]->loss];
    const char *text[LANGUAGE_COUNT], *pages = pages_of(&arena, notes, n);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        text[i] = fill_in(&arena, said->text[i], pages, names_of(&arena, notes, n, i),
                          characters_of(&arena, notes, n, i));
    if (!f.rule)
        f.rule = "R76";
    f.severity = said->severity;
    bool ok = diag_add(diag, f, "PDF“%s”%s%.0s", "PDF '%s' %.0s%s", href, text[LANGUAGE_ZH],
                       text[LANGUAGE_EN]);
    arena_free(&arena);
    return ok;
}

/* Notes of one loss: those that differ in their pages alone are one finding. */
static bool tell_loss(const char *href, struct annotation_note *const *notes, size_t n,
                      const struct finding *where, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0, to, told = 0; i < n; i = to, told++) {
        to = told == JUDGE_MOST_OF_A_KIND ? n : i + 1;
        while (to < n && same_finding(notes[i], notes[to]))
            to++;
        ok &= tell(href, notes + i, to - i, where, diag);
    }
    return ok;
}

static bool tell_all(const char *href, struct annotation_note **notes, size_t n,
                     const struct finding *where, struct diag *diag)
{
    bool ok = true;
    if (n > 1)
        qsort(notes, n, sizeof(struct annotation_note *), by_finding);
    for (size_t i = 0, to; i < n; i = to) {
        for (to = i + 1; to < n && notes[i]->loss == notes[to]->loss;)
            to++;
        ok &= tell_loss(href, notes + i, to - i, where, diag);
    }
    return ok;
}

struct note_list {
    struct arena arena;
    struct annotation_note **list;
    size_t n, cap;
};

static void add_notes(struct note_list *to, const struct page_annotations *from)
{
    for (size_t i = 0; i < from->n_notes; i++)
        *ARENA_PUSH(&to->arena, to->list, to->n, to->cap) = &from->notes[i];
}

bool judge_document(struct annotations *all, const char *href, const struct finding *where,
                    struct diag *diag)
{
    struct note_list notes = {0};
    add_notes(&notes, annotations_of_document(all));
    bool ok = tell_all(href, notes.list, notes.n, where, diag);
    arena_free(&notes.arena);
    return ok;
}

bool judge_annotations(struct annotations *all, const char *href, const size_t *pages, size_t n,
                       const struct finding *where, struct diag *diag)
{
    struct note_list notes = {0};
    for (size_t i = 0; i < n; i++)
        add_notes(&notes, annotations_of(all, pages[i] - 1));
    bool ok = tell_all(href, notes.list, notes.n, where, diag);
    arena_free(&notes.arena);
    return ok;
}

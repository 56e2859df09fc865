/* answer.c - see answer.h. */
#include "upload/answer.h"

#include "record/date.h"

#include <string.h>

/* A part of a form: yyyy, mm, m, dd or d at p; DATE_YEAR and so on, else 0 for any other text. */
static int unit_at(const char *p, size_t *len)
{
    static const struct {
        const char *word;
        int unit;
    } units[] = {{"yyyy", DATE_YEAR},
                 {"mm", DATE_MONTH},
                 {"m", DATE_MONTH},
                 {"dd", DATE_DAY},
                 {"d", DATE_DAY}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strncmp(p, units[i].word, *len = strlen(units[i].word)))
            return units[i].unit;
    *len = 1;
    return 0;
}

bool upload_is_date_form(const char *form)
{
    int last = 0;
    size_t len;
    for (const char *p = form; *p; p += len) {
        int unit = unit_at(p, &len);
        if (unit && unit != last + 1)
            return false;
        last = unit ? unit : last;
    }
    return last > 0;
}

static int finest_unit(const char *form)
{
    int finest = 0;
    size_t len;
    for (const char *p = form; *p; p += len) {
        int unit = unit_at(p, &len);
        finest = unit > finest ? unit : finest;
    }
    return finest;
}

/* As far as the date is known: 2015-07 of yyyy-mm-dd, without the mark behind it. */
static const char *date_text(const char *form, const struct date *d, struct arena *arena)
{
    const int values[] = {0, d->year, d->month, d->day};
    struct buffer out = {0};
    size_t len;

    for (const char *p = form; *p; p += len) {
        int unit = unit_at(p, &len);
        if (unit > (int)d->precision)
            break;
        if (unit)
            buffer_printf(&out, "%0*d", (int)len, values[unit]);
        else
            buffer_putc(&out, *p);
    }
    while (out.len > 0 && (int)d->precision < finest_unit(form) &&
           strchr("-./ ", out.data[out.len - 1]))
        out.len--;
    const char *text = arena_strndup(arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    return text;
}

static struct upload_answer answer_date(const char *form, const char *value, struct arena *arena)
{
    static const char *const names[] = {"", "年", "月", "日"};
    struct upload_answer a = {value, "", false};
    struct date d;
    int finest = finest_unit(form);

    if (!date_parse(value, &d)) /* 至今 */
        return a;
    a.text = date_text(form, &d, arena);
    a.lacking = (int)d.precision < finest;
    if (a.lacking)
        a.note = arena_printf(arena, "数据只到%s，平台要填到%s，请补", names[d.precision],
                              names[finest]);
    else if ((int)d.precision > finest)
        a.note = arena_printf(arena, "数据中为 %s", value);
    return a;
}

static struct upload_answer answer_word(const struct upload_words *words, const char *value,
                                        struct arena *arena)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct upload_word *w = &words->list[i];
        if (!strcmp(w->from, value))
            return (struct upload_answer){
                w->to, strcmp(w->to, value) ? arena_printf(arena, "数据中为“%s”", value) : "",
                false};
    }
    return (struct upload_answer){value, "平台的选项里没有这个词，请选相当的一项", true};
}

struct upload_answer upload_answer(const struct upload_field *f, const char *value,
                                   struct arena *arena)
{
    if (*value && *f->date)
        return answer_date(f->date, value, arena);
    if (*value && f->words)
        return answer_word(f->words, value, arena);
    return (struct upload_answer){value, "", false};
}

/* open_marks.c - see open_marks.h. */
#include "bind/open_marks.h"

#include "bind/shown_text.h"

/* Forms within forms. */
enum { DEEPEST = 40 };

/* What has to stand behind the content; nothing when all is ended. */
static void put_ends(const struct buffer *content, struct buffer *out)
{
    struct shown_text shown;
    shown_text_read(&shown, content->data, content->len);
    for (size_t i = 0; i < shown.open_marks; i++)
        buffer_puts(out, "\nEMC");
    buffer_clear(&shown.text);
}

static void end_in_forms(struct qdoc *d, qref resources, struct id_set *seen, int depth);

static void end_in_form(struct qdoc *d, qref form, struct id_set *seen, int depth)
{
    struct buffer content = {0}, ends = {0};

    if (!q_is_stream(d, form) || !id_set_add(seen, q_id(d, form)))
        return;
    if (q_stream_data(d, form, &content))
        put_ends(&content, &ends);
    if (ends.len > 0) {
        buffer_add(&content, ends.data, ends.len);
        q_set_data(d, form, content.data, content.len);
    }
    buffer_clear(&content);
    buffer_clear(&ends);
    end_in_forms(d, q_get(d, form, "/Resources"), seen, depth + 1);
}

static void end_in_forms(struct qdoc *d, qref resources, struct id_set *seen, int depth)
{
    struct arena arena = {0};
    const char **keys;
    qref drawn = q_get(d, resources, "/XObject");
    size_t n = depth > DEEPEST ? 0 : q_keys(d, drawn, &arena, &keys);

    for (size_t i = 0; i < n; i++) {
        qref object = q_get(d, drawn, keys[i]);
        if (q_is_name(d, q_get(d, object, "/Subtype"), "/Form"))
            end_in_form(d, object, seen, depth);
    }
    arena_free(&arena);
}

/* An appearance is a form, or one for each state. */
static void end_in_appearances(struct qdoc *d, qref page, struct id_set *seen)
{
    qref list = q_get(d, page, "/Annots");
    for (size_t i = 0, n = q_length(d, list); i < n; i++) {
        struct arena arena = {0};
        const char **keys;
        qref look = q_get(d, q_get(d, q_item(d, list, i), "/AP"), "/N");
        end_in_form(d, look, seen, 0);
        for (size_t k = 0, states = q_is_stream(d, look) ? 0 : q_keys(d, look, &arena, &keys);
             k < states; k++)
            end_in_form(d, q_get(d, look, keys[k]), seen, 0);
        arena_free(&arena);
    }
}

/* The page's streams, which other pages may share, are followed by one more. */
static void end_in_content(struct qdoc *d, qref page)
{
    struct buffer content = {0}, ends = {0};

    if (q_page_content(d, page, &content))
        put_ends(&content, &ends);
    else
        q_forgive(d);
    if (ends.len > 0) {
        qref known = q_get(d, page, "/Contents"), all = q_parse(d, "[]");
        if (q_is_stream(d, known))
            q_append(d, all, known);
        for (size_t i = 0, n = q_length(d, known); i < n; i++)
            q_append(d, all, q_item(d, known, i));
        q_append(d, all, q_indirect(d, q_new_stream(d, ends.data, ends.len)));
        q_put(d, page, "/Contents", all);
    }
    buffer_clear(&content);
    buffer_clear(&ends);
}

void open_marks_end(struct qdoc *d, qref page, struct id_set *seen)
{
    if (!id_set_add(seen, q_id(d, page)))
        return;
    end_in_content(d, page);
    end_in_forms(d, q_get(d, page, "/Resources"), seen, 0);
    end_in_appearances(d, page, seen);
}

/* notes.c - see notes.h. */
#include "package/notes.h"

#include "core/finding_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void write_facts(struct json *j, const struct engine_facts *facts)
{
    struct buffer text = {0};
    for (size_t i = 0; i < facts->n; i++)
        buffer_printf(&text, "%s%zx:%" PRIx64 ":%" PRIx64, i > 0 ? " " : "", facts->list[i].number,
                      facts->list[i].key, facts->list[i].value);
    buffer_putc(&text, '\0');
    json_string(j, "facts", (char *)text.data);
    buffer_clear(&text);
}

static bool read_facts(const char *text, struct engine_facts *facts)
{
    for (const char *p = text; p && *p;) {
        struct engine_fact fact;
        int used = 0;
        if (sscanf(p, "%zx:%" SCNx64 ":%" SCNx64 "%n", &fact.number, &fact.key, &fact.value,
                   &used) != 3)
            return false;
        p += used;
        p += *p == ' ';
        *MEM_PUSH(facts->list, facts->n, facts->cap) = fact;
    }
    return text != NULL;
}

bool notes_recall(struct note_taker *t, const struct applicant *who, struct diag *diag,
                  struct engine_facts *facts, struct buffer *sent)
{
    const struct package *p = t->package;
    struct manifest *manifest = p->tree->manifest;
    struct arena arena = {0};

    arena_free(&t->arena);
    keys_digest(p->keys, who, &t->arena, &t->checked, sent);
    bool wanted = t->checked.readable && !p->own->force;
    const struct manifest_note *note = wanted ? manifest_noted(manifest, who->id) : NULL;
    const struct json_value *line = note ? json_parse(&arena, note->line, note->len) : NULL;
    const char *key = json_member_text(line, "key");
    bool holds =
        key && !strcmp(key, t->checked.key) && read_facts(json_member_text(line, "facts"), facts);
    const struct json_value *list = json_member(line, "findings");
    for (const struct json_value *f = list ? list->children : NULL; f && holds; f = f->next)
        holds = !finding_json_strays(f);
    if (holds) {
        for (const struct json_value *f = list ? list->children : NULL; f; f = f->next)
            finding_json_recall(f, who->at, diag);
        if (!p->own->dry_run && p->scope == BATCH_WHOLE) /* which drops all but its own */
            manifest_note(manifest, note->line, note->len, diag);
    } else {
        facts->n = 0;
    }
    arena_free(&arena);
    return holds;
}

void notes_keep(struct note_taker *t, const struct applicant *who, const struct diag *diag,
                const struct engine_facts *facts)
{
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    struct diag silent = {0};
    bool near = true; /* what stands elsewhere may have changed when the note is read */

    json_open(&j, NULL, '{');
    json_string(&j, "about", who->id);
    json_string(&j, "key", t->checked.key);
    json_open(&j, "findings", '[');
    for (size_t i = 0; i < diag->n; i++) {
        finding_json_keep(&j, &diag->list[i], who->at);
        near = near && !finding_strays(&diag->list[i], who->at);
    }
    json_close(&j, ']');
    write_facts(&j, facts);
    json_close(&j, '}');
    if (!t->package->own->dry_run && t->checked.readable && near && !diag->system_faults &&
        !keys_changed_file(&t->checked.files, who))
        manifest_note(t->package->tree->manifest, (const char *)line.data, line.len, &silent);
    diag_clear(&silent); /* it is only found again */
    buffer_clear(&line);
}

/* report.c - see report.h. */
#include "papers/report.h"

#include <stdio.h>

void report_documents(struct json *j, const char *name, const char *path, const struct document *d,
                      bool digest)
{
    const struct form_facts *facts = &d->facts;
    char hex[DIGEST_HEX];
    long long bytes;

    json_open(j, "documents", '[');
    if (path) {
        json_open(j, NULL, '{');
        json_string(j, "kind", name);
        json_string(j, "title", facts->title);
        json_string(j, "file", path);
        json_integer(j, "pages", (long long)d->pages->n);
        json_integer(j, "copies", facts->copies);
        json_string(j, "paper", facts->paper);
        json_string(j, "binding", facts->binding);
        json_string(j, "seals", facts->seals);
        if (digest && document_digest(d, hex, &bytes))
            json_string(j, "sha256", hex);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void report_fits(struct json *j, const struct pages *pages, bool brief)
{
    if (!brief || (pages && pages->n_fitted)) {
        json_open(j, "fitted", '[');
        for (size_t i = 0; pages && i < pages->n_fitted; i++) {
            json_open(j, NULL, '{');
            json_string(j, "paper", pages->fitted[i].paper);
            json_string(j, "label", pages->fitted[i].label);
            json_number(j, "from", pages->fitted[i].from);
            json_number(j, "to", pages->fitted[i].to);
            json_close(j, '}');
        }
        json_close(j, ']');
    }
    if (!brief || (pages && pages->n_fallback)) {
        json_open(j, "fallback", '[');
        for (size_t i = 0; pages && i < pages->n_fallback; i++) {
            char code[16];
            snprintf(code, sizeof code, "U+%04X", (unsigned)pages->fallback[i].cp);
            json_open(j, NULL, '{');
            json_string(j, "char", code);
            json_string(j, "role", font_role_name(pages->fallback[i].role));
            json_string(j, "face", face_name(pages->fallback[i].face));
            json_close(j, '}');
        }
        json_close(j, ']');
    }
}

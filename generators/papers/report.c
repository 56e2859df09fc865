/* report.c - see report.h. */
#include "papers/report.h"

#include <stdio.h>

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

/* fonts_xml.h - reads fonts.xml: roles and their candidate files. Strict: what it does not know, a
 * role that is missing or there twice is a fault of the system with file and line. Internal to
 * text. */
#ifndef TEXT_FONTS_XML_H
#define TEXT_FONTS_XML_H

#include "text/font.h"

struct font_candidate {
    const char *file, *package; /* package NULL: the user's own file */
    int index;
    int weight; /* of a variable font, 1 to 1000; 0: not said */
    bool standin, rare, han;
    long line;
};

struct fonts_xml {
    const char *path;
    struct font_candidates {
        struct font_candidate *candidates;
        size_t n;
        long line;
    } roles[ROLE_COUNT];
};

/* From the first of the directories that has the file. false: reported with file and line. */
bool fonts_xml_read(struct fonts_xml *out, const char *const *dirs, struct arena *arena,
                    struct diag *diag);

#endif

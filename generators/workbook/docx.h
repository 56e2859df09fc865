/* docx.h - the text of a Word document, a line a paragraph. */
#ifndef WORKBOOK_DOCX_H
#define WORKBOOK_DOCX_H

#include "core/buffer.h"
#include "core/finding.h"

/* What a document holds beside its paragraphs: how many of each. */
enum docx_thing {
    DOCX_PICTURES,   /* left out */
    DOCX_TEXT_BOXES, /* left out */
    DOCX_TABLES,     /* their cells are read as paragraphs */
    DOCX_COMMENTS,   /* left out */
    DOCX_NOTES,      /* foot- and endnotes: left out */
    DOCX_DELETED,    /* tracked: left out */
    DOCX_INSERTED,   /* tracked: read */
    DOCX_SYMBOLS,    /* characters of symbol fonts: read as □ */
    DOCX_FORMULAS,   /* left out */
    DOCX_HIDDEN,     /* runs of hidden text: left out */
    DOCX_FIELDS,     /* whose look Word makes anew each time, with no text kept: left out */
    DOCX_RUBIES,     /* what stands above characters: left out */
    DOCX_EMBEDDED,   /* other documents: left out */
    DOCX_PROMPTS,    /* of content controls that nobody has filled in: read */
    DOCX_THINGS
};

/* fd: a regular file; name: for messages. Bullets and numbers stand before their paragraphs as
 * characters; empty paragraphs are left out. false: reported. */
bool docx_read(int fd, const char *name, struct buffer *text, size_t things[DOCX_THINGS],
               struct diag *diag);

#endif

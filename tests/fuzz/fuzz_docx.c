/* fuzz_docx.c - a Word document's text. Mutated part by part. What begins as no archive is taken
 * for a statement of any name, as it lies beside the data. */
#include "xml_mutator.h"
#include "zip_mutator.h"

#include "core/utf8.h"
#include "workbook/docx.h"
#include "workbook/statement.h"

#include <string.h>
#include <unistd.h>

enum { TEXT_LIMIT = 4 << 20 };

/* What a document, its styles and its numbering are made of. */
static const char words[] =
    "<w:x xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' "
    "xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math' "
    "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
    "<w:p><w:pPr><w:pStyle w:val='A'/><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>"
    "</w:pPr><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>t</w:t><w:tab/><w:br w:type='page'/>"
    "<w:cr/><w:noBreakHyphen/><w:sym w:char='F0FC'/></w:r></w:p>"
    "<w:p><w:ins><w:r><w:t>i</w:t></w:r></w:ins><w:del><w:r><w:delText>d</w:delText></w:r></w:del>"
    "<w:r><w:drawing/><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict><w:object/>"
    "<w:commentReference/><w:endnoteReference/></w:r><w:moveFrom/><w:moveTo/>"
    "<m:oMath><m:r/></m:oMath></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    "<mc:AlternateContent><mc:Choice Requires='wps'><w:p/></mc:Choice><mc:Fallback><w:p/>"
    "</mc:Fallback></mc:AlternateContent>"
    "<w:style w:styleId='A'><w:basedOn w:val='B'/><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr>"
    "</w:pPr></w:style><w:style w:styleId='B'><w:basedOn w:val='A'/></w:style>"
    "<w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='9998'/>"
    "<w:numFmt w:val='upperRoman'/><w:lvlText w:val='%1.%2%9'/><w:suff w:val='nothing'/></w:lvl>"
    "<w:lvl w:ilvl='1'><w:start w:val='999999999999999999'/><w:numFmt w:val='bullet'/></w:lvl>"
    "<w:lvl><w:numFmt w:val='decimalEnclosedCircle'/></w:lvl>"
    "<w:lvl><w:numFmt w:val='lowerLetter'/></w:lvl><w:lvl><w:numFmt w:val='decimalZero'/></w:lvl>"
    "<w:lvl><w:numFmt w:val='ideographDigital'/></w:lvl><w:lvl><w:numFmt w:val='none'/></w:lvl>"
    "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='1'>"
    "<w:startOverride w:val='0'/></w:lvlOverride></w:num></w:x>";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xml_learn_bytes(words, sizeof words - 1);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return zip_mutate(data, size, max, seed);
}

static void hold_text(const char *text, size_t len)
{
    for (size_t at = 0, used; at < len; at += used)
        door_hold(utf8_next(text + at, len - at, &used) != UTF8_BAD);
    door_came(text, len);
}

static void read_statement(const uint8_t *data, size_t size)
{
    static const char *const leaves[] = {"s.txt", "s.docx", "s.doc", "s.wps"};
    const struct finding where = {.label = "业绩"};
    const char *leaf = leaves[size % 4 ? 0 : size / 4 % 4];
    struct diag diag = {0};
    struct arena arena = {0};
    const char *path = door_put(leaf, data, size);
    const char *text = statement_read(door_folder(), leaf, &where, &arena, &diag);
    door_hold(text || diag_failed(&diag));
    if (text)
        hold_text(text, strlen(text));
    unlink(path);
    door_end_of_data(&diag);
    arena_free(&arena);
}

/* What is refused may be longer by what a paragraph's number adds. */
void door_run(const uint8_t *data, size_t size)
{
    if (size < 2 || memcmp(data, "PK", 2)) {
        read_statement(data, size);
        return;
    }
    struct diag diag = {0};
    struct buffer text = {0};
    size_t things[DOCX_THINGS] = {0};
    bool ok = docx_read(door_file(data, size), "statement.docx", &text, things, &diag);
    door_hold(ok ? diag.n == 0 : diag_failed(&diag));
    door_hold(text.len <= TEXT_LIMIT + (ok ? 1 : 1 << 20));
    hold_text((char *)text.data, text.len);
    door_came(things, sizeof things);
    buffer_clear(&text);
    door_end_of_data(&diag);
}

/* test_xml.c - small documents read by a table: what goes where, and what each fault earns. */
#include "xml/xml_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { IN_SHOP = 1, IN_SHELF = 2, IN_NOTE = 4 };

struct book {
    const char *title, *author, *note;
    bool lent;
    int copies;
    size_t pages;
    double price, height;
    enum { PAPER, CLOTH, LEATHER } binding;
    char initial;
};

struct shelf {
    const char *name;
    double margin[4];
    struct book *books;
    size_t n, cap;
};

struct shop {
    const char *name;
    struct shelf *shelves;
    size_t n, cap;
    char words[200]; /* what handlers saw */
    long line;
};

static bool parse_initial(struct xml_reader *r, const char *text, void *out)
{
    (void)r;
    *(char *)out = *text;
    return *text >= 'A' && *text <= 'Z' && !text[1];
}

static void note(struct xml_reader *r, const char *text, void *self)
{
    struct shop *shop = r->owner;
    (void)self;
    strcat(strcat(shop->words, text), "|");
}

static void begin_shelf(struct xml_reader *r, void *self, void *parent)
{
    struct shop *shop = r->owner;
    assert_ptr_equal(shop, parent);
    strcat(strcat(shop->words, ((struct shelf *)self)->name), xml_given(r, "margin") ? "+" : "-");
    shop->line = xml_at(r).line;
}

static void end_shelf(struct xml_reader *r, void *self, void *parent)
{
    struct shelf *shelf = self;
    (void)parent;
    if (shelf->n > 2)
        diag_system(r->diag, xml_at(r), "满", "full");
}

static const struct xml_attribute of_shop[] = {
    {"name", XML_WORD, XML_AT(struct shop, name), .required = true}, {0}};
static const struct xml_attribute of_shelf[] = {
    {"name", XML_WORD, XML_AT(struct shelf, name), .required = true, .unique = true},
    {"margin", XML_SIDES, XML_AT(struct shelf, margin), .most = 100, .otherwise = "10pt"},
    {0}};
static const struct xml_attribute of_book[] = {
    {"title", XML_WORD, XML_AT(struct book, title), .required = true},
    {"author", XML_TEXT, XML_AT(struct book, author), .otherwise = "N.N."},
    {"lent", XML_FLAG, XML_AT(struct book, lent)},
    {"copies", XML_INT, XML_AT(struct book, copies), .least = 1, .most = 99, .otherwise = "1"},
    {"pages", XML_COUNT, XML_AT(struct book, pages)},
    {"price", XML_NUMBER, XML_AT(struct book, price)},
    {"height", XML_LENGTH, XML_AT(struct book, height), .most = 1000},
    {"binding", XML_CHOICE, XML_AT(struct book, binding), .words = "paper cloth leather"},
    {"initial", XML_PARSED, XML_AT(struct book, initial), .parse = parse_initial, .expected = "A"},
    {"", XML_TEXT, XML_AT(struct book, note)},
    {0}};
static const struct xml_element elements[] = {
    {"shop", .inside = IN_SHOP, .attributes = of_shop},
    {"shelf", IN_SHOP, IN_SHELF, of_shelf, sizeof(struct shelf), XML_INTO(struct shop, shelves),
     .required = true, .begin = begin_shelf, .end = end_shelf},
    {"book", IN_SHELF, 0, of_book, sizeof(struct book), XML_INTO(struct shelf, books)},
    {"note", IN_SHOP, IN_NOTE, .once = true, .text = note},
    {"em", IN_NOTE, XML_AS_PARENT, .text = note},
    {0}};

static bool read_shop(const char *text, struct shop *shop, struct arena *arena, struct diag *d)
{
    struct xml_reader r = {.elements = elements, .arena = arena, .diag = d, .owner = shop};
    bool ok = xml_read_bytes(&r, "my shop%20.xml", text, strlen(text), shop);
    assert_int_equal(ok, d->n == 0);
    assert_int_equal(d->n, d->system_faults);
    return ok;
}

static void values_go_where_the_table_says(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct shop shop = {0};
    (void)state;
    assert_true(
        read_shop("<shop name='S'><!-- c -->\n"
                  "<note> one <em> two<em>three </em></em> <![CDATA[ four ]]></note>\n"
                  "<shelf name='A' margin='1pt 2pt 3pt'>\n"
                  "<book title='T' author='' lent='true' copies='3' pages='100' price='-1.5'"
                  " height='10mm' binding='leather' initial='Q'> a\n  note <!-- x -->y </book>"
                  "<book title='U'/></shelf>\n"
                  "<shelf name='B'/></shop>",
                  &shop, &arena, &d));
    assert_string_equal(shop.words, "one |two|three| four|A+B-");
    assert_string_equal(shop.name, "S");
    assert_int_equal(shop.n, 2);
    assert_int_equal(shop.line, 6);
    assert_int_equal(shop.shelves[0].n, 2);
    assert_int_equal(shop.shelves[1].n, 0);
    assert_true(shop.shelves[0].margin[0] == 1 && shop.shelves[0].margin[1] == 2 &&
                shop.shelves[0].margin[2] == 3 && shop.shelves[0].margin[3] == 2);
    assert_true(shop.shelves[1].margin[3] == 10);
    const struct book *b = shop.shelves[0].books;
    assert_string_equal(b->author, "");
    assert_string_equal(b->note, "a note y");
    assert_true(b->lent && b->copies == 3 && b->pages == 100 && b->price == -1.5);
    assert_true(b->height > 28.3 && b->height < 28.4 && b->binding == LEATHER && b->initial == 'Q');
    assert_string_equal(b[1].author, "N.N.");
    assert_null(b[1].note);
    assert_true(!b[1].lent && b[1].copies == 1 && b[1].binding == PAPER);
    arena_free(&arena);
}

/* The English sentence of the only fault; \n in the document counts lines. */
static void each_fault_is_named(void **state)
{
    static const struct {
        const char *text;
        long line;
        const char *fault;
    } cases[] = {
        {"", 1, "is not well-formed XML: Document is empty"},
        {"<shop name='S'>\n<shelf name='A'></shop>", 2,
         "is not well-formed XML: Opening and ending tag mismatch"},
        {"<!-- -->\n<shap/>", 2, "the root element is <shop>, not <shap>"},
        {"<!DOCTYPE shop>\n<shop name='S'/>", 1, "must not have a DOCTYPE"},
        {"<!DOCTYPE shop [<!ENTITY e 'x'>]>\n<shop name='&e;'><shelf name='A'/></shop>", 1,
         "must not have a DOCTYPE"},
        {"<shop name='&e;'><shelf name='A'/></shop>", 1, "is not well-formed XML: Entity 'e'"},
        {"<shop><shelf name='A'/></shop>", 1, "<shop> lacks its attribute name"},
        {"<shop name=''><shelf name='A'/></shop>", 1, "<shop> lacks its attribute name"},
        {"<shop name='S'>\n</shop>", 1, "<shop> lacks a <shelf>"},
        {"<shop name='S'><shelf name='A'/>\n<shelve name='B'/></shop>", 2,
         "<shelve> cannot stand in <shop>; is it <shelf>?"},
        {"<shop name='S'><shelf name='A'/>\n<lamp/></shop>", 2,
         "<lamp> cannot stand here in <shop>; it takes: <shelf> <note>"},
        {"<shop name='S'><shelf name='A'/>\n<book title='T'/></shop>", 2,
         "<book> cannot stand here in <shop>; it takes: <shelf> <note>"},
        {"<shop name='S' xmlns:a='urn:a'><shelf name='A'/>\n<a:shelf name='B'/></shop>", 2,
         "<shelf> cannot stand in <shop>; is it <shelf>?"},
        {"<shop name='S'><shelf name='A'><book title='T'><b/></book></shelf></shop>", 1,
         "<b> cannot stand in <book>, which holds no elements"},
        {"<shop name='S'><shelf name='A'><book titel='T' title='T'/></shelf></shop>", 1,
         "<book> has no attribute titel; is it title?"},
        {"<shop name='S'><shelf name='A' colour='T'/></shop>", 1,
         "<shelf> has no attribute colour; it takes: name margin"},
        {"<shop name='S'><shelf name='A'/><note a=''/></shop>", 1,
         "<note> takes no attributes, but has a"},
        {"<shop name='S'><shelf name='A'>\nwords</shelf></shop>", 2,
         "<shelf> cannot hold text directly: words"},
        {"<shop name='S'>\n<shelf name='A'/>\n<shelf name='A'/></shop>", 3,
         "<shelf> name=\"A\" is there already, on line 2"},
        {"<shop name='S'>\n<shelf name='A'/><note/>\n<note/></shop>", 3,
         "<shop> takes one <note>; there is one on line 2"},
        {"<shop name='S'><shelf name='A' margin='1mm 2'/></shop>", 1,
         "<shelf> margin=\"1mm 2\" is not understood; it takes: 15mm; 10mm 12mm; "
         "10mm 12mm 15mm 12mm (<= 35mm)"},
        {"<shop name='S'><shelf name='A' margin='36mm'/></shop>", 1,
         "<shelf> margin=\"36mm\" is not understood"},
        {"<shop name='S'><shelf name='A' margin='1pt 1pt 1pt 1pt 1pt'/></shop>", 1,
         "<shelf> margin=\"1pt 1pt 1pt 1pt 1pt\" is not understood"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct shop shop = {0};
        assert_false(read_shop(cases[i].text, &shop, &arena, &d));
        const struct finding *f = &d.list[0];
        if (d.n != 1 || strncmp(f->text[LANGUAGE_EN], cases[i].fault, strlen(cases[i].fault)) ||
            f->at.line != cases[i].line || strcmp(f->at.file, "my shop%20.xml"))
            fail_msg("%s\n%ld: %s", cases[i].text, f->at.line, f->text[LANGUAGE_EN]);
        diag_clear(&d);
        arena_free(&arena);
    }
}

static void each_value_is_held_to_its_kind(void **state)
{
    static const struct {
        const char *attribute, *expected;
        const char *wrong[9];
    } cases[] = {
        {"lent", "false true", {"", "yes", "TRUE", "1"}},
        {"copies", "1 - 99", {"", "0", "100", "1.0", "1.", "+1", "-1", " 1", "0x1"}},
        {"pages", "0, 1, 2 ...", {"", "-1", "1.5", "nan", "9999999999"}},
        {"price", "1.5", {"", ".", "1.2.3", "1e9", "inf", "--1"}},
        {"height", "12mm, 9pt (<= 353mm)", {"", "0mm", "10", "10 mm", "-1mm", "400mm", "1em"}},
        {"binding", "paper cloth leather", {"", "pape", "paper cloth", "Paper"}},
        {"initial", "A", {"", "a", "AB"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (const char *const *w = cases[i].wrong; w < cases[i].wrong + 9 && *w; w++) {
            struct arena arena = {0};
            struct diag d = {0};
            struct shop shop = {0};
            read_shop(arena_printf(&arena,
                                   "<shop name='S'><shelf name='A'><book title='T' %s='%s'/>"
                                   "</shelf></shop>",
                                   cases[i].attribute, *w),
                      &shop, &arena, &d);
            const char *sentence =
                arena_printf(&arena, "<book> %s=\"%s\" is not understood; it takes: %s",
                             cases[i].attribute, *w, cases[i].expected);
            assert_int_equal(d.n, 1);
            assert_string_equal(d.list[0].text[LANGUAGE_EN], sentence);
            diag_clear(&d);
            arena_free(&arena);
        }
}

static void one_run_tells_all_faults(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct shop shop = {0};
    (void)state;
    assert_false(
        read_shop("<shop name='S' open='x'>a<shelf name='A'><book/><book lent='1' title='T'/>"
                  "<book title='U'/></shelf><lamp><lamp/></lamp></shop>",
                  &shop, &arena, &d));
    assert_int_equal(d.n, 6); /* open, a, title, lent, full, lamp: nothing of what is inside lamp */
    assert_string_equal(shop.shelves[0].books[0].title, "");
    diag_clear(&d);
    arena_free(&arena);
}

static void depth_is_limited(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct shop shop = {0};
    char text[2000] = "<shop name='S'><shelf name='A'/><note>";
    (void)state;
    for (int i = 0; i < 70; i++)
        strcat(text, "<em>");
    for (int i = 0; i < 70; i++)
        strcat(text, "</em>");
    assert_false(read_shop(strcat(text, "</note></shop>"), &shop, &arena, &d));
    assert_int_equal(d.n, 1);
    assert_string_equal(d.list[0].text[LANGUAGE_EN], "elements are nested too deeply");
    diag_clear(&d);
    arena_free(&arena);
}

static void files_are_read_whole_or_named(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct shop shop = {0};
    struct xml_reader r = {.elements = elements, .arena = &arena, .diag = &d, .owner = &shop};
    char path[] = "/tmp/shenbao-test-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fputs("<shop name='S'><shelf name='A'/></shop>", f);
    assert_int_equal(fflush(f), 0);
    r.keep = true;
    assert_true(xml_read(&r, path, &shop));
    assert_non_null(r.document);
    xml_free(r.document);
    assert_int_equal(shop.n, 1);
    assert_int_equal(ftruncate(fd, XML_BYTES_MAX + 1), 0);
    assert_false(xml_read(&r, path, &shop));
    assert_string_equal(d.list[0].text[LANGUAGE_EN], "has more than 4194304 bytes");
    fclose(f);
    remove(path);
    assert_false(xml_read(&r, path, &shop));
    assert_string_equal(d.list[1].text[LANGUAGE_EN], "cannot be read: there is no such file");
    assert_false(xml_read(&r, "/tmp", &shop));
    assert_string_equal(d.list[2].text[LANGUAGE_EN], "is not a regular file");
    assert_string_equal(d.list[2].at.file, "/tmp");
    diag_clear(&d);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_where_the_table_says),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(each_value_is_held_to_its_kind),
        cmocka_unit_test(one_run_tells_all_faults),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(files_are_read_whole_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

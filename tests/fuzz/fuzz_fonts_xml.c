/* fuzz_fonts_xml.c - fonts.xml: roles, candidates, and what is opened of them. */
#include "xml_mutator.h"

#include "text/font.h"

#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xml_learn("fonts/fonts.xml");
    xml_learn("tests/fonts/fonts.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

void door_run(const uint8_t *data, size_t size)
{
    const char *const dirs[] = {door_folder(), NULL};
    struct diag diag = {0};
    const char *path = door_put("fonts.xml", data, size);
    struct fonts *f = fonts_new(dirs, &diag);
    unlink(path);
    door_hold(f || diag.system_faults > 0);
    for (int role = 0; f && role < ROLE_COUNT; role++) {
        struct glyph g;
        size_t n;
        if (fonts_require(f, (enum font_role)role, &diag))
            fonts_glyph(f, (enum font_role)role, 0x4E00, 0, &g);
        fonts_sources(f, (enum font_role)role, &n);
    }
    fonts_free(f);
    door_end(&diag);
}

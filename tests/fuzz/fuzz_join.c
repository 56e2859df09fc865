/* fuzz_join.c - batches of XML, set off by lines "--", joined into one: it can be opened, nothing
 * is wrong with it, and everybody is in it. Those with faults are not joined. */
#define _GNU_SOURCE /* memfd_create */
#include "parts_mutator.h"
#include "schema.h"

#include "record/join.h"

#include "../unit/shipped.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_INPUTS = 3 };

static const char *const names[MOST_INPUTS] = {"a.xml", "b/b.xml", "-"};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    use_shipped_profile();
    read_schema();
    learn_schema();
    xml_learn("samples/batch.xml");
    xml_learn("samples/jiangsu/batch.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return parts_mutate(data, size, max, seed);
}

static struct record *open_batch(const char *const *name, const int *made, struct diag *diag)
{
    const struct record_options options = {.schema_path = schema,
                                           .characters_path = "templates/base/characters.xml",
                                           .inputs = name,
                                           .n_inputs = 1,
                                           .made = made};
    return record_open(&options, diag);
}

/* What is joined is a batch like any other. */
static void hold_joined(const char *path, size_t people)
{
    static const int none[] = {-1};
    struct diag diag = {0};
    struct record *r = open_batch(&path, none, &diag);
    if (!r || diag_failed(&diag))
        diag_print(&diag, LANGUAGE_EN, stderr);
    door_hold(r && !diag_failed(&diag) && record_count(r) == people);
    record_free(r);
    diag_clear(&diag);
}

static void hold_bytes(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    door_hold(fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    door_hold(map != MAP_FAILED);
    door_came(map, (size_t)st.st_size);
    munmap(map, (size_t)st.st_size);
    close(fd);
}

static void join(const struct join_input *inputs, size_t n, size_t people, struct diag *diag)
{
    const char *path = door_put("joined.xml", "", 0);
    int status = record_join(inputs, n, path, diag);
    door_hold(status == (diag_failed(diag) ? 1 : 0));
    if (status == 0) {
        hold_bytes(path);
        hold_joined(path, people);
    }
    unlink(path);
}

void door_run(const uint8_t *data, size_t size)
{
    static int made[MOST_INPUTS];
    struct door_bytes rest = {data, size};
    struct join_input inputs[MOST_INPUTS];
    struct diag diag = {0};
    size_t n = 0, people = 0;
    bool read = true;
    for (; n < MOST_INPUTS && rest.size > 0; n++) {
        struct door_bytes part = door_part(&rest);
        made[n] = memfd_create("batch", MFD_CLOEXEC);
        door_hold(made[n] >= 0 && write(made[n], part.data, part.size) == (ssize_t)part.size);
        struct record *r = open_batch(&names[n], &made[n], &diag);
        inputs[n] = (struct join_input){r, n ? "b/" : ""};
        people += r ? record_count(r) : 0;
        read = read && r;
    }
    if (n > 0 && read && !diag_failed(&diag))
        join(inputs, n, people, &diag);
    for (size_t i = 0; i < n; i++) {
        record_free(inputs[i].record);
        close(made[i]);
    }
    door_end(&diag);
}

/* tally.c - see tally.h. */
#include "core/tally.h"

#include "core/finding_json.h"
#include "core/output.h"
#include "core/parcel.h"

static void add_findings(struct tally *t, const struct diag *diag)
{
    diag_print(diag, t->run->options->language, stderr);
    t->system_faults += diag->system_faults;
    t->errors += diag->count[SEVERITY_ERROR];
    t->warnings += diag->count[SEVERITY_WARNING];
}

struct tally tally_begin(const struct tally_run *run)
{
    struct tally t = {.run = run};
    add_findings(&t, run->batch);
    return t;
}

void tally_pack(struct buffer *result, bool written, bool partial, const struct buffer *report,
                const struct diag *findings)
{
    pack_number(result, written);
    pack_number(result, partial);
    pack_bytes(result, report->data, report->len);
    pack_findings(result, findings);
}

bool tally_take(struct tally *t, const struct buffer *result)
{
    struct parcel parcel = parcel_of(result);
    struct diag diag = {0};
    size_t len;
    bool written = unpack_number(&parcel), partial = unpack_number(&parcel);
    const void *report = unpack_bytes(&parcel, &len);

    unpack_findings(&parcel, &diag);
    if (parcel.broken) {
        t->died++;
    } else {
        if (t->reports.len)
            buffer_putc(&t->reports, ',');
        buffer_add(&t->reports, report, len);
        t->written += written;
        t->partial += partial;
        add_findings(t, &diag);
    }
    diag_clear(&diag);
    return !parcel.broken;
}

static bool write_report(const struct tally *t, struct diag *diag)
{
    const struct tally_run *run = t->run;
    const struct options *options = run->options;
    struct buffer out = {0};
    struct json j = {.out = &out};

    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", run->program);
    json_string(&j, "asof", run->asof);
    if (run->all_findings)
        finding_json_all(&j, run->batch, options->report_language);
    else
        finding_json_overlays(&j);
    finding_json_about(&j, &run->batch, 1, NULL, options->report_language);
    json_open(&j, run->subjects, '[');
    buffer_add(&out, t->reports.data, t->reports.len);
    j.follows = t->reports.len > 0;
    json_close(&j, ']');
    json_open(&j, "counts", '{');
    json_integer(&j, run->subjects, (long long)run->n);
    json_integer(&j, "written", (long long)t->written);
    json_integer(&j, "errors", (long long)t->errors);
    json_integer(&j, "warnings", (long long)t->warnings);
    json_close(&j, '}');
    json_close(&j, '}');
    bool ok = output_write(options->report, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}

int tally_end(struct tally *t, bool complete)
{
    const struct options *options = t->run->options;
    struct diag late = {0};

    if (options->report && !write_report(t, &late))
        t->system_faults++;
    diag_print(&late, options->language, stderr);
    diag_clear(&late);
    buffer_clear(&t->reports);
    if (t->system_faults)
        return 2;
    if (t->written == t->run->n && !t->died && !t->partial && complete)
        return 0;
    return t->written ? 3 : 1;
}

/* change.c - see change.h. */
#include "desk/change.h"

struct change change_read(const struct json_value *v)
{
    struct change c = {.place = json_member_text(v, "place"),
                       .person = json_member_text(v, "person"),
                       .field = json_member_text(v, "field"),
                       .file = json_member_text(v, "file"),
                       .was = json_member_text(v, "was"),
                       .value = json_member_text(v, "value"),
                       .seen = (long)json_member_count(v, "seen")};
    if (!c.person || !c.field)
        c.person = c.field = NULL;
    return c;
}

void change_put(struct json *j, const struct change *c)
{
    if (!c->place)
        return;
    json_string(j, "place", c->place);
    json_string(j, "person", c->person);
    json_string(j, "field", c->field);
    json_string(j, "file", c->file);
    json_string(j, "was", c->was);
    json_string(j, "value", c->value);
    if (c->seen)
        json_integer(j, "seen", c->seen);
}

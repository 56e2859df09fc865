/* syntax.c - see syntax.h. */
#include "record/syntax.h"

#include "core/spelling.h"
#include "core/utf8.h"
#include "record/quote.h"

#include <ctype.h>
#include <string.h>

/* %s stands for the name that the parser gives with its error, where it gives one. */
static const struct {
    int code;
    const char *text[LANGUAGE_COUNT];
} sentences[] = {
    {XML_ERR_DOCUMENT_EMPTY,
     {"文件里没有 XML 内容；是否选错了文件", "there is no XML in the file; is it the right one?"}},
    {XML_ERR_DOCUMENT_END,
     {"最外层元素（<batch>）结束之后还有内容；请移到它里面，或删去",
      "there is content after the end of the root element; move it inside, or delete it"}},
    {XML_ERR_TAG_NOT_FINISHED,
     {"标签 <%s> 没有写完，或没有结束标签", "the tag <%s> is not finished or not closed"}},
    {XML_ERR_GT_REQUIRED, {"标签缺少结尾的 >", "a tag lacks its >"}},
    {XML_ERR_LTSLASH_REQUIRED, {"标签缺少 </", "a tag lacks its </"}},
    {XML_ERR_SPACE_REQUIRED, {"属性之间缺少空格", "a space is missing between attributes"}},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, {"属性 %s 没有值", "the attribute %s has no value"}},
    {XML_ERR_ATTRIBUTE_NOT_STARTED,
     {"属性的值没有加引号", "an attribute's value is not in quotes"}},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED,
     {"属性的值缺少结尾的引号", "an attribute's value lacks its closing quote"}},
    {XML_ERR_ATTRIBUTE_REDEFINED, {"属性 %s 写了两次", "the attribute %s is given twice"}},
    {XML_ERR_LT_IN_ATTRIBUTE,
     {"属性的值里不能有 <：请写 &lt;，或检查前面的引号",
      "< in an attribute's value: write &lt;, or look for a missing quote before it"}},
    {XML_ERR_NAME_REQUIRED,
     {"& 或 < 之后应是名称：文字里的 & 请写 &amp;，< 请写 &lt;",
      "a name must follow & or <: in text write &amp; and &lt;"}},
    {XML_ERR_ENTITYREF_SEMICOL_MISSING,
     {"& 引用缺少分号：文字里的 & 请写 &amp;",
      "a reference lacks its semicolon: in text write &amp; for &"}},
    {XML_ERR_UNDECLARED_ENTITY,
     {"没有定义的引用 &%s;：请直接写这个字，或写 &#x….;",
      "&%s; is not defined: write the character itself, or &#x...;"}},
    {XML_ERR_INVALID_CHARREF,
     {"字符引用 &#…; 所指的字符不可用", "a reference &#...; to a character that is not allowed"}},
    {XML_ERR_INVALID_HEX_CHARREF, {"字符引用 &#x…; 写错了", "a reference &#x...; is misspelt"}},
    {XML_ERR_INVALID_DEC_CHARREF, {"字符引用 &#…; 写错了", "a reference &#...; is misspelt"}},
    /* Others never come as far as the parser. */
    {XML_ERR_INVALID_CHAR,
     {"字符引用 &#…; 所指的字符不可用", "a reference &#...; to a character that is not allowed"}},
    {XML_ERR_COMMENT_NOT_FINISHED, {"注释没有以 --> 结束", "a comment is not closed by -->"}},
    {XML_ERR_HYPHEN_IN_COMMENT, {"注释里不能有 --", "-- is not allowed within a comment"}},
    {XML_ERR_CDATA_NOT_FINISHED, {"CDATA 没有以 ]]> 结束", "a CDATA section is not closed by ]]>"}},
    {XML_ERR_MISPLACED_CDATA_END,
     {"文字里不能有 ]]>：请写 ]]&gt;", "]]> is not allowed in text: write ]]&gt;"}},
    {XML_ERR_PI_NOT_FINISHED, {"处理指令 <?…?> 没有结束", "an instruction <?...?> is not closed"}},
    {XML_ERR_RESERVED_XML_NAME,
     {"XML 声明 <?xml …?> 必须在文件最开头，前面不能有空格或空行",
      "<?xml ...?> must be the very beginning of the file"}},
    {XML_ERR_XMLDECL_NOT_FINISHED,
     {"XML 声明没有以 ?> 结束", "the XML declaration is not closed by ?>"}},
    {XML_ERR_VERSION_MISSING,
     {"XML 声明缺少 version=\"1.0\"", "the XML declaration lacks version=\"1.0\""}},
    {XML_ERR_UNKNOWN_VERSION,
     {"声明的 XML 版本不对；请写 version=\"1.0\"",
      "the declared version of XML does not exist; write version=\"1.0\""}},
    {XML_ERR_STANDALONE_VALUE,
     {"声明里的 standalone 不是 yes 或 no；请删去它",
      "standalone in the declaration is neither yes nor no; delete it"}},
    {XML_ERR_ENCODING_NAME,
     {"XML 声明里的编码名称写错了", "the encoding's name in the XML declaration is misspelt"}},
    {XML_ERR_STRING_NOT_STARTED,
     {"声明里的值没有加引号", "a value of the declaration is not in quotes"}},
    {XML_ERR_STRING_NOT_CLOSED,
     {"声明里的值缺少结尾的引号", "a value of the declaration lacks its closing quote"}},
    {XML_NS_ERR_UNDEFINED_NAMESPACE,
     {"前缀 %s 没有声明：元素名和属性名不要带冒号",
      "the prefix %s is not declared: names here have no colon"}},
    {XML_NS_ERR_QNAME,
     {"名称里的冒号用错了：元素名和属性名不要带冒号", "a misplaced colon: names here have none"}},
    {XML_NS_ERR_ATTRIBUTE_REDEFINED, {"属性 %s 写了两次", "the attribute %s is given twice"}},
};

/* An array of formats is opaque to the compiler; each has at most one %s, and the parser's name
 * goes there. */
static const char *fill_in(struct arena *arena, const char *sentence, const char *name)
{
    const char *hole = NULL;
    for (const char *p = sentence; *p && !hole; p++)
        if (p[0] == '%' && p[1] == 's')
            hole = p;
    return hole ? arena_printf(arena, "%.*s%s%s", (int)(hole - sentence), sentence, name, hole + 2)
                : sentence;
}

/* The tag at hand, from its < to where the parser has read. */
static const char *tag_of(const struct syntax_place *place)
{
    const char *p = place->at;
    while (p > place->base && *--p != '<')
        continue;
    return p;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == ':' ||
           (unsigned char)c >= 0x80;
}

/* The name that ends there, with = behind it; "" for none. */
static const char *name_before(const char *base, const char *end, struct arena *arena)
{
    const char *from, *to = end;
    while (to > base && strchr(" \t\r\n=", to[-1]))
        to--;
    for (from = to; from > base && is_name_byte(from[-1]);)
        from--;
    return quote_name(arena, arena_strndup(arena, from, (size_t)(to - from)));
}

/* An attribute whose value goes on up to the quote of the next one, whose name and = it has
 * swallowed; or whose value holds the tag's end. NULL: none is such; *lines: how many lines before
 * the error its value begins. */
static const char *unclosed_attribute(const struct syntax_place *place, struct arena *arena,
                                      int *lines)
{
    const char *p = tag_of(place), *end = place->at;
    for (; p < end; p++) {
        if (*p != '"' && *p != '\'')
            continue;
        const char *value = p + 1, *name = name_before(tag_of(place), p, arena);
        const char *close = value < end ? memchr(value, *p, (size_t)(end - value)) : NULL;
        const char *to = close ? close : end, *tag_end = memchr(value, '>', (size_t)(to - value));
        bool swallowed = close && close > value && close[-1] == '=';
        if (swallowed || (!close && tag_end)) {
            *lines = 0;
            for (const char *at = value; at < end; at++)
                *lines += *at == '\n';
            return name;
        }
        if (!close)
            break;
        p = close;
    }
    return NULL;
}

/* Quotation marks of Chinese text, and of full width. */
static bool is_foreign_quote(const struct syntax_place *place)
{
    size_t used, n = (size_t)(place->end - place->at);
    uint32_t c = n ? utf8_next(place->at, n, &used) : 0;
    return (c >= 0x2018 && c <= 0x201F) || c == 0xFF02 || c == 0xFF07 || c == 0x300C ||
           c == 0x300E || c == 0x301D;
}

/* The & or < that no name follows, and the words before it. */
static void bare_mark(const struct syntax_place *place, struct arena *arena,
                      const char *text[LANGUAGE_COUNT])
{
    enum { SHOWN = 8 };
    const char *p = place->at, *from;
    while (p > place->base && *--p != '<' && *p != '&')
        continue;
    from = p;
    for (int n = 0; from > place->base && n < SHOWN && !strchr("<>\"\n", from[-1]); n++)
        while (--from > place->base && ((unsigned char)*from & 0xC0) == 0x80)
            continue;
    const char *mark = *p == '<' ? "<" : "&", *write = *p == '<' ? "&lt;" : "&amp;";
    const char *before = quote(arena, arena_strndup(arena, from, (size_t)(p - from)));
    text[LANGUAGE_ZH] = arena_printf(arena, "%s之后的 %s 请写 %s", before, mark, write);
    text[LANGUAGE_EN] = arena_printf(arena, "write %s for the %s after %s", write, mark, before);
}

/* A tag that the next one begins in: "<a b="c"\n<d>". NULL: none; *lines: how many lines above the
 * error it ends. */
static const char *unended_tag(const struct syntax_place *place, struct arena *arena, int *lines)
{
    const char *p = place->at, *name;
    while (p > place->base && *p != '<')
        p--;
    for (*lines = 0; p > place->base && strchr(" \t\r\n", p[-1]); p--)
        *lines += p[-1] == '\n';
    const char *end = p;
    while (p > place->base && *--p != '<')
        if (*p == '>')
            return NULL;
    for (name = p + 1; name < end && is_name_byte(*name);)
        name++;
    return *p == '<' && name > p + 1 && *name != '<'
               ? quote_name(arena, arena_strndup(arena, p + 1, (size_t)(name - p - 1)))
               : NULL;
}

/* What no name follows: a blank behind <, a tag without its end before it, or a mark of the text.
 */
static void explain_name(xmlError *error, const struct syntax_place *place, struct arena *arena,
                         const char *text[LANGUAGE_COUNT])
{
    const char *p = place->at, *rest, *tag;
    int lines;
    while (p > place->base && *p != '<' && *p != '&')
        p--;
    for (rest = p + 1; rest < place->end && strchr(" \t", *rest);)
        rest++;
    size_t length = 0;
    while (rest + length < place->end && is_name_byte(rest[length]))
        length++;
    if (*p == '<' && (tag = unended_tag(place, arena, &lines))) {
        error->line -= lines;
        text[LANGUAGE_ZH] = arena_printf(arena, "标签 <%s> 缺少结尾的 >", tag);
        text[LANGUAGE_EN] = arena_printf(arena, "the tag <%s> lacks its >", tag);
    } else if (*p == '<' && rest > p + 1 && length && rest[length] == '>') {
        const char *name = quote_name(arena, arena_strndup(arena, rest, length));
        text[LANGUAGE_ZH] = arena_printf(arena, "标签的 < 之后不能有空格；请写 <%s>", name);
        text[LANGUAGE_EN] =
            arena_printf(arena, "no blank may follow the < of a tag: write <%s>", name);
    } else {
        bare_mark(place, arena, text);
    }
}

/* Errors of which the bytes around them say more than the parser does. false: they do not. */
static bool explain(xmlError *error, const struct syntax_place *place, struct arena *arena,
                    const char *text[LANGUAGE_COUNT])
{
    const char *name;
    int lines;
    switch (error->code) {
    case XML_ERR_NAME_REQUIRED:
        explain_name(error, place, arena, text);
        return true;
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
        if (!(name = error->str1 ? strstr(error->str1, "＝") : NULL))
            return false;
        name = quote_name(arena, arena_strndup(arena, error->str1, (size_t)(name - error->str1)));
        text[LANGUAGE_ZH] = arena_printf(arena, "属性 %s 之后的等号 ＝ 是全角的；请写 =", name);
        text[LANGUAGE_EN] = arena_printf(arena, "the = behind %s is of full width; write =", name);
        return true;
    case XML_ERR_STRING_NOT_STARTED:
        if (!is_foreign_quote(place))
            return false;
        text[LANGUAGE_ZH] = "XML 声明里的值用了中文引号；请改用英文引号 \"";
        text[LANGUAGE_EN] =
            "the values of the declaration stand in Chinese quotation marks; write \"";
        return true;
    case XML_ERR_ATTRIBUTE_NOT_STARTED:
        if (!is_foreign_quote(place))
            return false;
        name = name_before(tag_of(place), place->at, arena);
        text[LANGUAGE_ZH] =
            arena_printf(arena, "属性 %s 的值用了中文引号；请改用英文引号 \"", name);
        text[LANGUAGE_EN] = arena_printf(
            arena, "the value of %s stands in Chinese quotation marks; write \"", name);
        return true;
    case XML_ERR_SPACE_REQUIRED:
    case XML_ERR_LT_IN_ATTRIBUTE:
    case XML_ERR_ATTRIBUTE_NOT_FINISHED:
    case XML_ERR_GT_REQUIRED:
        if (!(name = unclosed_attribute(place, arena, &lines)))
            return false;
        error->line -= lines;
        text[LANGUAGE_ZH] = arena_printf(arena, "属性 %s 的值缺少结尾的引号 \"", name);
        text[LANGUAGE_EN] = arena_printf(arena, "the value of %s lacks its closing quote", name);
        return true;
    default:
        return false;
    }
}

/* An end tag that closes something else than what is open. */
static void explain_end_tag(const xmlError *error, bool closes_none, struct arena *arena,
                            const char *text[LANGUAGE_COUNT])
{
    const char *name = quote_name(arena, error->str1 ? error->str1 : "…"),
               *got = quote_name(arena, error->str2);
    if (closes_none && spelling_distance(name, got, 3) >= 3) {
        text[LANGUAGE_ZH] = arena_printf(
            arena, "这里的 </%s> 没有对应的 <%s>：它已经结束，或没有开始；请删去 </%s>", got, got,
            got);
        text[LANGUAGE_EN] = arena_printf(
            arena, "</%s> ends nothing: its element has ended, or has not begun; delete it", got);
        return;
    }
    text[LANGUAGE_ZH] = arena_printf(arena, "第 %d 行的 <%s> 应以 </%s> 结束，这里却是 </%s>",
                                     error->int1, name, name, got);
    text[LANGUAGE_EN] = arena_printf(arena, "<%s> of line %d must end with </%s>, not </%s>", name,
                                     error->int1, name, got);
}

void syntax_sentence(xmlError *error, const struct syntax_place *place, struct arena *arena,
                     const char *text[LANGUAGE_COUNT])
{
    const char *name = quote_name(arena, error->str1 ? error->str1 : "…");

    if (error->code == XML_ERR_TAG_NAME_MISMATCH && error->str2) {
        explain_end_tag(error, place->closes_none, arena, text);
        return;
    }
    if (explain(error, place, arena, text))
        return;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (sentences[i].code != error->code)
            continue;
        for (int l = 0; l < LANGUAGE_COUNT; l++)
            text[l] = fill_in(arena, sentences[i].text[l], name);
        return;
    }
    text[LANGUAGE_ZH] = arena_printf(arena, "不是合格的 XML（libxml2 错误 %d）", error->code);
    text[LANGUAGE_EN] = arena_printf(arena, "malformed XML (libxml2 error %d)", error->code);
}

/* media.h - files from outside: what they really are, how big, whether they are sound. Hostile
 * until proven.
 *
 * Every reader here works on the bytes in memory and never trusts a length, a suffix or a count. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include "core/finding.h"

#include <stdint.h>
#include <sys/stat.h>

enum media_type {
    MEDIA_UNKNOWN,
    MEDIA_EMPTY,
    MEDIA_JPEG,
    MEDIA_PNG,
    MEDIA_PDF,
    /* told apart only to name them in a message */
    MEDIA_GIF,
    MEDIA_WEBP,
    MEDIA_HEIC,
    MEDIA_TIFF,
    MEDIA_BMP,
    MEDIA_HTML,
    MEDIA_ZIP, /* and nothing more is known of what is in it */
    MEDIA_AVIF,
    MEDIA_JP2,
    MEDIA_RAR, /* or 7z */
    MEDIA_OFD,
    MEDIA_DOCX, /* or xlsx, pptx */
    MEDIA_DOC,  /* or xls, ppt, wps */
    MEDIA_CAJ,
    MEDIA_MOVIE, /* mp4, mov, avi ... */
    MEDIA_JXL,
    MEDIA_JXR,
    MEDIA_ICO, /* or a cursor */
    MEDIA_TGA,
    MEDIA_METAFILE, /* EMF, WMF */
    MEDIA_PSD,
    MEDIA_SVG,
    MEDIA_RAW, /* of a camera; some call themselves TIFF */
    MEDIA_RTF,
    MEDIA_ODF,
    MEDIA_CEB,
    MEDIA_DJVU,
    MEDIA_PS,
    MEDIA_DWG,
    MEDIA_DXF,
    MEDIA_XPS,
    MEDIA_MAIL,    /* or a web page kept as one */
    MEDIA_ARCHIVE, /* gz, tar, bz2, xz */
    MEDIA_AUDIO,
    MEDIA_SHORTCUT,
    MEDIA_COMPANION, /* what macOS puts beside a file, "._a.pdf" */
    MEDIA_EXECUTABLE,
    MEDIA_TEXT,
    MEDIA_TYPE_COUNT
};

struct media_limits {
    size_t bytes;     /* of a file; 0: the default, 512 MiB for PDFs, 64 MiB for images */
    uint64_t pixels;  /* of an image; 0: the default, 100 million. No side is over 65500, ever */
    size_t pages;     /* of a PDF; 0: the default, 5000 */
    unsigned seconds; /* of CPU time for reading a PDF; 0: the default, 10 */
};

/* A file, read whole: later changes of it do not reach us. */
struct media_file {
    const char *href; /* as cited; borrowed */
    const unsigned char *data;
    size_t size;
    enum media_type type;
    void *map;   /* internal, as is */
    bool mapped; /* this */
};

/* Opens dir/href: relative, a regular file within the limits, and never outside dir on the way to
 * it: relative links are followed inside dir, absolute ones refused; nobody who swaps a folder for
 * a link meanwhile can lead it elsewhere. A pipe or device is refused without being opened. Errors
 * are reported with where (rule R76 unless where says another; label, field, at, ... filled in by
 * the caller). */
bool media_open(struct media_file *m, const char *dir, const char *href,
                const struct media_limits *limits, const struct finding *where, struct diag *diag);
void media_close(struct media_file *m);
/* The state of the file that media_open would open by the same way, which is not opened. false: it
 * would not. */
bool media_look(const char *dir, const char *href, struct stat *st);
enum media_type media_sniff(const unsigned char *data, size_t size);
const char *media_type_name(enum media_type type); /* "JPEG", "HEIC", ... */
/* A name from outside for a message: one line, not too long; lives as long as the findings. */
const char *media_shown(struct diag *diag, const char *name);
/* Reports that the file is of another kind than can be used: than a picture, or, when pdf_too, than
 * a picture or a PDF. Always false. */
bool media_other_kind(const struct media_file *file, bool pdf_too, const struct finding *where,
                      struct diag *diag);

/* What is odd about a picture that can be used all the same: said as warnings. */
enum media_oddity {
    IMAGE_ODD_ORIENTATION = 1, /* EXIF says something else than 1 to 8 */
    IMAGE_STRAY_BYTES = 2,     /* JPEG: between segments; left out */
    IMAGE_DAMAGED_SCAN = 4,    /* JPEG: its compressed data lead astray or end too early */
    IMAGE_BAD_CHECKSUM = 8,    /* PNG: of a chunk that is not the picture itself; left out */
    IMAGE_UNMARKED_INKS = 16,  /* JPEG: four inks, and not whether 0 or 255 is no ink */
    IMAGE_NO_END = 32,         /* its end is not marked, though all of it is there */
    IMAGE_TWO_COLOURS = 64, /* JPEG: YCbCr by one of its marks (JFIF), RGB by the other (Adobe) */
    IMAGE_BAD_TRANSPARENCY = 128 /* PNG: a wrong checksum of what is transparent; left out */
};

/* Colours of a PNG by gAMA and cHRM. */
struct media_calibration {
    double gamma;        /* of the viewer's side: 2.2 for an ordinary picture; 0: none */
    double white[3];     /* XYZ, Y is 1 */
    double primaries[9]; /* XYZ of red, green, blue */
};

struct media_image {
    enum media_type type;                   /* MEDIA_JPEG or MEDIA_PNG */
    uint32_t width, height;                 /* as stored */
    int orientation;                        /* EXIF 1-8; 1 for PNG and when absent */
    uint32_t upright_width, upright_height; /* after orientation */
    int components;                         /* JPEG: 1, 3, 4; PNG: 1 or 3 after decoding */
    double dpi_x, dpi_y;                    /* 0: unknown or absurd (outside 10..2400) */
    unsigned oddities;                      /* a set of enum media_oddity */
    long orientation_stated;                /* where that is odd */
    unsigned char *profile;                 /* ICC, for its components; NULL: none */
    size_t profile_size;
    struct media_calibration calibration; /* without a profile */
    /* JPEG: handed over untouched */
    bool inverted_cmyk;        /* Adobe APP14 marked: Decode [1 0 1 0 1 0 1 0] */
    bool stored_rgb;           /* by the names of its components, as libjpeg reads them */
    const unsigned char *jpeg; /* points into the file: valid while it is open */
    size_t jpeg_size;
    bool jpeg_lent; /* its memory is whole pages of its own, and may go into what is drawn last */
    unsigned char
        *jpeg_cleaned; /* NULL, or what jpeg points to: without stray bytes, with an end */
    /* PNG: decoded to 8 bits, width*height*components; NULL until image_load */
    unsigned char *pixels;
    unsigned char *alpha; /* width*height, NULL when opaque */
    /* or, in their place, the same as zlib streams (who makes them: pdf_image_pack) */
    unsigned char *packed, *packed_alpha;
    size_t packed_size, packed_alpha_size;
};

/* The structure of the whole file without decoding: sizes, orientation, colours; of a PNG every
 * chunk and its checksum, of a JPEG every marker, whether its scans have their tables and can be
 * decoded to their end. Not an image, broken, or over a limit: reported with where, false. Free
 * with image_clear. */
bool image_probe(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, const struct finding *where, struct diag *diag);
/* Also PNG pixels, of an animation the first picture (compressed data that are damaged or too
 * short: an error); what is odd about the picture is reported as warnings. While decoding up to 5
 * bytes a pixel are held beside the file, afterwards up to 4: at the default limit 500 MB, and 2 s
 * (measured: 10000x10000, RGBA of 16 bits). Free with image_clear. */
bool image_load(struct media_image *img, const struct media_file *file,
                const struct media_limits *limits, const struct finding *where, struct diag *diag);
/* The same judgement and findings without pixels or profile, in a fourth of the time. */
bool image_judge(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, const struct finding *where, struct diag *diag);
/* Does a JPEG in a PDF break off, or lead astray whoever decodes it? What is merely uncommon about
 * it is no damage there. */
bool jpeg_is_damaged(const unsigned char *data, size_t size);
/* Of the upright picture, in points; false: it does not say, and these are its pixels. */
bool image_printed_size(const struct media_image *img, double *width, double *height);
void image_clear(struct media_image *img);

/* Is the picture, loaded (a JPEG: judged), a page without anything on it: less than a thousandth
 * darker than its paper? A JPEG of so many bytes as letters need is not decoded, and is none. */
bool image_is_blank(const struct media_image *image);
/* Whether so few bytes may be a blank page's: only then it is worth loading. */
bool image_may_be_blank(const struct media_image *image, size_t bytes);
/* The same of pixels of 1 or 3 components of 8 bits, as rows that come one by one. */
struct ink {
    size_t width, height, components;
    size_t rows, counts[256]; /* so far */
};
bool ink_add_row(struct ink *ink, const unsigned char *row); /* false: no more need be seen */
bool ink_is_none(const struct ink *ink);                     /* after the last one */
bool pixels_are_blank(const unsigned char *pixels, size_t width, size_t height, size_t components);

/* What stands behind the head of a portrait: colours (R, G, B) along its upper edges. */
enum { MEDIA_BACKDROP_SAMPLES = 1152 };
struct media_backdrop {
    unsigned char samples[MEDIA_BACKDROP_SAMPLES][3];
};

/* After image_load, while the file is open. False, and nothing is reported: the colours cannot be
 * told, since it is CMYK, a JPEG of more than 8 million pixels, or its compressed data are damaged.
 * Takes well under a millisecond for an ID photo; at the limits 0.3 s and 100 MB. */
bool image_backdrop(struct media_backdrop *out, const struct media_image *img);
/* The share of it that passes for white: no channel below least, none more than tint apart. rest:
 * the colour of what does not, channel by channel in the middle; white when there is none. */
double backdrop_white(const struct media_backdrop *b, unsigned least, unsigned tint,
                      unsigned char rest[3]);

#endif

/* Attributes, as what the layouts ask of them: a text, a list of texts, a few numbers, the objects they refer to. What
 * is not there, or is of another kind, is simply absent. */
#ifndef ORR_DATA_HDF5_ATTRIBUTE_H
#define ORR_DATA_HDF5_ATTRIBUTE_H

#include "data/hdf5/cell.h"

/* A list of texts in the reader's arena. */
typedef struct orr_h5_texts {
  size_t count;
  const char **items;
} orr_h5_texts;

/* `s`, n bytes of whatever encoding, as UTF-8 in the reader's arena: what is not UTF-8 is taken for Latin-1. */
orr_status orr_h5_utf8(orr_h5_reader *r, const char *s, size_t n, const char **out, orr_error *e);

/* Adds one character. */
void orr_h5_add_character(orr_text *t, uint32_t code);

/* NULL: absent, or no text. One text of a list of one counts. */
const char *orr_h5_attribute_text(orr_h5_reader *r, hid_t object, const char *name);
bool orr_h5_attribute_texts(orr_h5_reader *r, hid_t object, const char *name, orr_h5_texts *out);
/* The bytes of a text attribute, NULs included. */
bool orr_h5_attribute_bytes(orr_h5_reader *r, hid_t object, const char *name, const char **out, size_t *n);
/* At most `most` numbers; how many there were. */
size_t orr_h5_attribute_numbers(orr_h5_reader *r, hid_t object, const char *name, double *out, size_t most);
bool orr_h5_attribute_integers(orr_h5_reader *r, hid_t object, const char *name, int64_t *out, size_t n);

/* The paths of the objects that an attribute of references, or of lists of references, points to: one for each
 * element (the first of a list); NULL where there is none. */
bool orr_h5_attribute_paths(orr_h5_reader *r, hid_t object, const char *name, orr_h5_texts *out);

/* Of an attribute's text for people at most so many bytes, and so many values. */
enum { ORR_H5_ATTRIBUTE_TEXT = 200, ORR_H5_ATTRIBUTE_VALUES = 8 };
orr_json *orr_h5_attributes(orr_h5_reader *r, hid_t object); /* {"units": "K", …}; NULL: there are none */

#endif

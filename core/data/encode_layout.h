/* The step that fitting an encoder and reading one back share. */
#ifndef ORR_DATA_ENCODE_LAYOUT_H
#define ORR_DATA_ENCODE_LAYOUT_H

#include "data/encode.h"

/* Places every column's cells, names them, and indexes the words, from encoding, indicator and words. */
orr_status orr_encoder_lay_out(orr_encoder *c, orr_error *e);

#endif

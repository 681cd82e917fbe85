/* What a variational autoencoder makes of pictures. Half a minute; figures of quality, not of speed. */
#ifndef BENCH_LATENT_H
#define BENCH_LATENT_H

#include "base/progress.h"

/* Pixels from SRC, a square number of columns of grey levels; the picture is ./NAME.pgm, after the file. */
void bench_vae(const orr_work *w, const char *src);

#endif

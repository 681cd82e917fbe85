/* Numbers and times as pages and screens show them. */
#ifndef ORR_APP_PEEK_NUMBER_H
#define ORR_APP_PEEK_NUMBER_H

#include <stdint.h>

/* A number in four digits, or as many as tell the ends of `range` apart; at most 24 bytes. */
void orr_peek_number(char out[32], double x, double largest, double range);

/* Nanoseconds since 1970 as text; from microseconds on if they came from a double. */
void orr_peek_time(char out[48], int64_t nanoseconds);
int64_t orr_peek_nanoseconds(double seconds);

#endif

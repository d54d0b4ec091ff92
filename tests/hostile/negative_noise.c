/* The current of one cell has a negative standard deviation. */
#define NOISE (i == 2 ? -1e-6 : 1e-6)
#include "noisy.c"

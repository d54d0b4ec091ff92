/* Nothing is wrong: `advance` makes a random number of every cell, whatever its voltage. */
#define ADVANCE_DRAWS 1
#define BEFORE_ADVANCE                                                                                                 \
    for (uint64_t i = 0; i < cells->count; i++) cells->state[i] = 0.25 + 0.75 * uniform[i]
#define CONDUCTANCE cells->state[5]
#include "tin.h"

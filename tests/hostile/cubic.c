/* Nothing is wrong: current g (V + V^3) / 2, and g moves by 2e5 S per volt and second. */
#define CURRENT cells->state[i] * (voltage[i] + voltage[i] * voltage[i] * voltage[i]) / 2
#define SLOPE cells->state[i] * (1 + 3 * voltage[i] * voltage[i]) / 2
#define BEFORE_ADVANCE                                                                                                 \
    for (uint64_t i = 0; i < cells->count; i++) cells->state[i] += 2e5 * voltage[i] * duration
#define CONDUCTANCE cells->state[5]
#include "tin.h"

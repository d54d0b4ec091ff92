/* Nothing is wrong, except that the current g (V - V^3) falls beyond 0.58 V. */
#define CURRENT cells->state[i] * (voltage[i] - voltage[i] * voltage[i] * voltage[i])
#define SLOPE cells->state[i] * (1 - 3 * voltage[i] * voltage[i])
#define CONDUCTANCE cells->state[5]
#include "tin.h"

/* Moves by as much in a short pulse as in a long one. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE \
    if (voltage[0] > 0.5) cells->state[0] = 0.25 + 0.75 * cells->state[0]
#include "tin.h"
